/* Rules about the text of RUN: what each points at, what it leaves alone, and how it is mended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/lint/fix.h"
#include "analyzer/lint/lint.h"
#include "tests/support/check.h"

/* The bytes that findings of the rule are about, parted by "|". */
static void ask(struct strbuf *out, const char *rule, const char *dockerfile)
{
    struct lint_config config;
    struct lint_result result;
    struct error error = ERROR_INIT;
    lint_config_start(&config);
    assert_int_equal(lint_config_add_only(&config, rule, &error), 0);
    const struct lint_options options = {.config = &config};
    assert_int_equal(lint_run(&result, "Dockerfile", span_of_text(dockerfile), &options, &error), 0);
    for (size_t i = 0; i < result.count; i++) {
        const struct lint_finding *finding = &result.items[i];
        assert_string_equal(finding->code, rule);
        strbuf_addf(out, "%s%.*s", i ? "|" : "", (int)(finding->end - finding->begin),
                    dockerfile + finding->begin);
    }
    lint_result_release(&result);
    lint_config_release(&config);
}

static void points_at(const char *rule, const char *dockerfile, const char *expected)
{
    cleanup_strbuf struct strbuf found = STRBUF_INIT;
    ask(&found, rule, dockerfile);
    if (strcmp(found.buf ? found.buf : "", expected) != 0)
        fail_msg("%s finds '%s', not '%s', in:\n%s", rule, found.buf ? found.buf : "", expected, dockerfile);
}

static void is_silent(const char *rule, const char *dockerfile)
{
    points_at(rule, dockerfile, "");
}

static void becomes(const char *rule, bool unsafe, const char *before, const char *after)
{
    struct lint_config config;
    struct fix_result result;
    struct error error = ERROR_INIT;
    lint_config_start(&config);
    assert_int_equal(lint_config_add_only(&config, rule, &error), 0);
    const struct lint_options lint = {.config = &config};
    const struct fix_options options = {.lint = &lint, .unsafe = unsafe};
    assert_int_equal(fix_run(&result, "Dockerfile", span_of_text(before), &options, &error), 0);
    assert_string_equal(result.text.buf, after);
    fix_result_release(&result);
    lint_config_release(&config);
}

static void safely(const char *rule, const char *before, const char *after)
{
    becomes(rule, false, before, after);
}

/* The fix may change what is built: without leave nothing happens. */
static void with_leave(const char *rule, const char *before, const char *after)
{
    becomes(rule, false, before, before);
    becomes(rule, true, before, after);
}

static void programs_for_running_systems_are_told(void **state)
{
    (void)state;
    points_at("DL3001", "FROM a\nRUN make && /usr/sbin/service nginx start\n", "/usr/sbin/service");
    points_at("DL3001", "FROM a\nRUN [\"top\", \"-b\"]\n", "\"top\"");
    is_silent("DL3001", "FROM a\nRUN apk add vim && echo top\nCMD top\n");
}

static void cd_is_told_once_for_each_run(void **state)
{
    (void)state;
    points_at("DL3003", "FROM a\nRUN cd /a && make && cd ..\n", "cd /a");
    points_at("DL3003", "FROM a\nRUN sh -c 'cd /a; make'\n", "cd /a");
    points_at("DL3003", "FROM a\nRUN bash -e <<E\necho $b; cd /$a\nE\n", "cd /$a");
    points_at("DL3003", "FROM a\nRUN sh -c \"echo ${b:-c} $(d) && cd \\\"$a\\\" && e\"\n", "cd \\\"$a\\\"");
    is_silent("DL3003", "FROM a\nRUN sh -c \"$x\"; eval \"$(y)\"\n");
    is_silent("DL3003", "FROM a\nWORKDIR /a\nRUN echo cd\n");
}

static void sudo_is_told_wherever_it_stands(void **state)
{
    (void)state;
    points_at("DL3004", "FROM a\nRUN make \\\n  && sudo make install\n", "sudo");
    is_silent("DL3004", "FROM a\nRUN apk add sudo\n");
}

static void apt_packages_have_versions(void **state)
{
    (void)state;
    points_at("DL3008", "FROM a\nRUN apt-get -t sid install -y curl=1 wget \\\n  make\n", "wget");
    points_at("DL3008", "FROM a\nRUN [\"apt-get\", \"install\", \"curl\"]\n", "\"curl\"");
    points_at("DL3008", "FROM a\nRUN <<X\nset -e\napt-get install curl\nX\n", "curl");
    is_silent("DL3008", "FROM a\nRUN apt-get install curl=1 wget/stable ./x.deb\n");
    is_silent("DL3008", "FROM a\nARG LIST=\"a=1 b=2\"\nRUN apt-get install $LIST\n");
    is_silent("DL3008", "FROM a\nARG LIST\nRUN apt-get install $LIST $(cat list)\n");
    is_silent("DL3008", "FROM a\nRUN apt-get remove curl\n");
}

static void apt_lists_are_deleted_in_the_run_that_fetched_them(void **state)
{
    (void)state;
    points_at("DL3009", "FROM a\nRUN apt-get update && apt-get install x\n", "apt-get update");
    points_at("DL3009", "FROM a\nRUN rm -rf /var/lib/apt/lists/* && apt-get update\n", "apt-get update");
    points_at("DL3009", "FROM a AS b\nRUN apt-get update\nFROM b\n", "apt-get update");
    is_silent("DL3009", "FROM a AS b\nRUN apt-get update\nFROM c\nCOPY --from=b /x /x\n");
    is_silent("DL3009", "FROM a\nRUN apt-get update && cd /var/lib/apt && rm -rf lists\n");
    is_silent("DL3009", "FROM a\nRUN apt-get update && rm /var/lib/apt/lists/*\n");
    is_silent("DL3009", "FROM a\nRUN apt-get update && apt-get distclean\n");
    is_silent("DL3009", "FROM a\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n");
    points_at("DL3009", "FROM a\nRUN rm /etc/apt/apt.conf.d/docker-clean\n"
                        "RUN --mount=type=cache,target=/var/lib/apt apt-get update\n",
              "apt-get update");
}

static void a_command_is_put_behind_all_others(void **state)
{
    (void)state;
    safely("DL3009", "FROM a\nRUN apt-get update; make # b\n",
           "FROM a\nRUN apt-get update; make && rm -rf /var/lib/apt/lists/* # b\n");
    safely("DL3009", "FROM a\nRUN apt-get update \\\n\t&& make\n",
           "FROM a\nRUN apt-get update \\\n\t&& make \\\n\t&& rm -rf /var/lib/apt/lists/*\n");
    safely("DL3009", "FROM a\r\nRUN apt-get update \\\r\n && x\r\n",
           "FROM a\r\nRUN apt-get update \\\r\n && x \\\r\n && rm -rf /var/lib/apt/lists/*\r\n");
    safely("DL3009", "FROM a\nRUN <<X\napt-get update\nmake\nX\n",
           "FROM a\nRUN <<X\napt-get update\nmake && rm -rf /var/lib/apt/lists/*\nX\n");
    safely("DL3009", "FROM a\nRUN apt-get update &\n", "FROM a\nRUN apt-get update &\n");
    safely("DL3009", "FROM a\nRUN [\"apt-get\", \"update\"]\n", "FROM a\nRUN [\"apt-get\", \"update\"]\n");
    with_leave("DL3009", "FROM a\nRUN apt-get update\nRUN apt-get install x\n",
               "FROM a\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN apt-get install x\n");
}

static void archives_are_added_rather_than_copied_and_extracted(void **state)
{
    (void)state;
    points_at("DL3010", "FROM a\nCOPY x/a.tgz b.txt /t/\nRUN tar xzf /t/a.tgz\n", "x/a.tgz");
    points_at("DL3010", "FROM a\nCOPY x /t/a.tar\nRUN [\"tar\", \"--extract\", \"--file=/t/a.tar\"]\n", "x");
    is_silent("DL3010", "FROM a\nCOPY a.tgz /t/\nRUN tar czf /t/b.tgz /t/a.tgz\n");
    is_silent("DL3010", "FROM a\nCOPY --from=b a.tgz /t/\nRUN tar xf /t/a.tgz\n");
    is_silent("DL3010", "FROM a\nCOPY a.tgz /t/\nFROM b\nRUN tar xf /t/a.tgz\n");
}

static void pip_packages_have_versions(void **state)
{
    (void)state;
    points_at("DL3013", "FROM a\nRUN pip3 install -U 'a[x]>=1' b\n", "b");
    points_at("DL3013", "FROM a\nRUN python3 -m pip install b\n", "b");
    points_at("DL3013", "FROM a\nRUN pip3.12 install b\n", "b");
    points_at("DL3013", "FROM a\nRUN pip install git+https://h/x.git\n", "git+https://h/x.git");
    is_silent("DL3013", "FROM a\nRUN pip install a==1 ./b c.whl git+https://h/x.git@v1 --proxy p\n");
    is_silent("DL3013", "FROM a\nRUN pip install -r list a && pip install b -c bounds\n");
    is_silent("DL3013", "FROM a\nRUN pip uninstall a && pipenv install b\n");
}

static void apt_is_told_yes(void **state)
{
    (void)state;
    points_at("DL3014", "FROM a\nRUN apt-get install curl\n", "install");
    is_silent("DL3014", "FROM a\nRUN apt-get -yq install a && apt-get install -qq b --assume-yes\n");
    is_silent("DL3014", "FROM a\nRUN apt-get update\n");
    safely("DL3014", "FROM a\nRUN apt-get install curl\n", "FROM a\nRUN apt-get install -y curl\n");
    safely("DL3014", "FROM a\nRUN [\"apt-get\", \"install\", \"a\"]\n",
           "FROM a\nRUN [\"apt-get\", \"install\", \"-y\", \"a\"]\n");
    safely("DL3014", "FROM a\nRUN [\"sh\", \"-c\", \"apt-get install a\"]\n",
           "FROM a\nRUN [\"sh\", \"-c\", \"apt-get install -y a\"]\n");
}

static void recommended_packages_are_left_out(void **state)
{
    (void)state;
    points_at("DL3015", "FROM a\nRUN apt-get install curl\n", "install");
    is_silent("DL3015", "FROM a\nRUN apt-get -o APT::Install-Recommends=false install curl\n");
    with_leave("DL3015", "FROM a\nRUN apt-get install \\\n  curl\n",
               "FROM a\nRUN apt-get install --no-install-recommends \\\n  curl\n");
}

static void npm_packages_have_versions(void **state)
{
    (void)state;
    points_at("DL3016", "FROM a\nRUN npm i -g @s/a@1 @s/b\n", "@s/b");
    points_at("DL3016", "FROM a\nRUN npm install git+ssh://h/x.git\n", "git+ssh://h/x.git");
    is_silent("DL3016", "FROM a\nRUN npm install && npm ci && npm i ./a b.tgz c@2 git://h/x#v1\n");
    is_silent("DL3016", "FROM a\nRUN npm --loglevel warn run install b\n");
}

static void apk_packages_have_versions(void **state)
{
    (void)state;
    points_at("DL3018", "FROM a\nRUN apk add -t .deps a=1 b~2 c@edge\n", "c@edge");
    is_silent("DL3018", "FROM a\nRUN apk add a=1 b~2 'c>=3' x.apk && apk del d\n");
}

static void apk_keeps_no_index(void **state)
{
    (void)state;
    points_at("DL3019", "FROM a\nRUN apk -U add a\n", "add");
    is_silent("DL3019", "FROM a\nRUN apk --no-cache add a && apk update\n");
    is_silent("DL3019", "FROM a\nRUN --mount=type=cache,target=/var/cache apk add a\n");
    safely("DL3019", "FROM a\nRUN apk add a\n", "FROM a\nRUN apk add --no-cache a\n");
}

static void apt_gives_way_to_programs_for_scripts(void **state)
{
    (void)state;
    points_at("DL3027", "FROM a\nRUN apt update\n", "apt");
    is_silent("DL3027", "FROM a\nRUN apt-get update && echo apt\n");
    safely("DL3027", "FROM a\nRUN apt -q update && apt full-upgrade -y; apt show x; apt list\n",
           "FROM a\nRUN apt-get -q update && apt-get dist-upgrade -y; apt-cache show x; apt list\n");
}

static void gems_have_versions(void **state)
{
    (void)state;
    points_at("DL3028", "FROM a\nRUN gem install a:1 b\n", "b");
    is_silent("DL3028", "FROM a\nRUN gem install a -v 1 && gem i b:2 -- --with-c=d e && gem list f\n");
}

static void yum_is_told_yes_and_cleaned_and_versions(void **state)
{
    (void)state;
    points_at("DL3030", "FROM a\nRUN yum groupinstall x\n", "groupinstall");
    is_silent("DL3030", "FROM a\nRUN yum -qy install x && yum clean all\n");
    safely("DL3030", "FROM a\nRUN yum install x\n", "FROM a\nRUN yum install -y x\n");
    points_at("DL3032", "FROM a\nRUN yum clean all && yum install -y x\n", "yum install -y x");
    is_silent("DL3032", "FROM a\nRUN yum install -y x && yum clean all\n");
    is_silent("DL3032", "FROM a\nRUN --mount=type=tmpfs,target=/var/cache/yum yum install -y x\n");
    safely("DL3032", "FROM a\nRUN yum install x\n", "FROM a\nRUN yum install x && yum clean all\n");
    points_at("DL3033", "FROM a\nRUN yum install a-1.2 b-c\n", "b-c");
    points_at("DL3033", "FROM a\nRUN yum module install a:1 b\n", "b");
    is_silent("DL3033", "FROM a\nRUN yum install a-1.2 b-c-3.el9 ./d.rpm @e\n");
}

static void zypper_is_told_yes_and_cleaned_and_versions(void **state)
{
    (void)state;
    points_at("DL3034", "FROM a\nRUN zypper rm x\n", "rm");
    is_silent("DL3034", "FROM a\nRUN zypper -n in x && zypper refresh && zypper in --no-confirm y\n");
    safely("DL3034", "FROM a\nRUN zypper in x\n", "FROM a\nRUN zypper in -y x\n");
    points_at("DL3035", "FROM a\nRUN zypper -n dup\n", "dup");
    is_silent("DL3035", "FROM a\nRUN zypper -n up x\n");
    points_at("DL3036", "FROM a\nRUN zypper in x\n", "zypper in x");
    is_silent("DL3036", "FROM a\nRUN zypper in x && rm -rf /var/cache/zypp\n");
    safely("DL3036", "FROM a\nRUN zypper in x\n", "FROM a\nRUN zypper in x && zypper clean --all\n");
    points_at("DL3037", "FROM a\nRUN zypper in 'a>=1' b\n", "b");
    is_silent("DL3037", "FROM a\nRUN zypper in a=1 c.rpm\n");
}

static void dnf_is_told_yes_and_cleaned_and_versions(void **state)
{
    (void)state;
    points_at("DL3038", "FROM a\nRUN microdnf install x\n", "install");
    is_silent("DL3038", "FROM a\nRUN dnf --assumeyes install x\n");
    safely("DL3038", "FROM a\nRUN dnf in x\n", "FROM a\nRUN dnf in -y x\n");
    points_at("DL3040", "FROM a\nRUN dnf -y up\n", "dnf -y up");
    is_silent("DL3040", "FROM a\nRUN dnf -y up && rm -rf /var/cache/*\n");
    safely("DL3040", "FROM a\nRUN dnf -y up\n", "FROM a\nRUN dnf -y up && dnf clean all\n");
    points_at("DL3041", "FROM a\nRUN dnf install a-$NOWHERE b\n", "a-$NOWHERE");
    is_silent("DL3041", "FROM a\nARG V\nRUN W=2; dnf install a-$V \"b-$W\"\n");
}

static void pip_keeps_no_cache(void **state)
{
    (void)state;
    points_at("DL3042", "FROM a\nRUN pip install x\n", "install");
    points_at("DL3042", "FROM a\nENV PIP_NO_CACHE_DIR=0\nRUN pip install x\n", "install");
    points_at("DL3042", "FROM a\nRUN PIP_NO_CACHE_DIR=1; pip install x\n", "install");
    is_silent("DL3042", "FROM a AS b\nENV PIP_NO_CACHE_DIR=on\nFROM b\nRUN pip install x\n");
    is_silent("DL3042", "FROM a\nONBUILD ENV PIP_NO_CACHE_DIR=on\nONBUILD RUN pip install x\n");
    is_silent("DL3042", "FROM a\nRUN export PIP_NO_CACHE_DIR=1; pip install x\n");
    is_silent("DL3042", "FROM a\nRUN --mount=type=cache,target=/home/me/.cache/pip pip install x\n");
    is_silent("DL3042", "FROM a\nRUN --mount=type=cache,target=/c pip install --cache-dir=/c/d x\n");
    safely("DL3042", "FROM a\nRUN pip install x\n", "FROM a\nRUN pip install --no-cache-dir x\n");
}

static void high_uids_leave_no_huge_logs(void **state)
{
    (void)state;
    points_at("DL3046", "FROM a\nRUN useradd -m --uid=1234567 me\n", "--uid=1234567");
    points_at("DL3046", "FROM a\nARG ID=1234567\nRUN useradd -u $ID me\n", "$ID");
    is_silent("DL3046", "FROM a\nARG ID\nRUN useradd -u 12345 a && useradd -lu 1234567 b && useradd -u $ID c\n");
    safely("DL3046", "FROM a\nRUN useradd -u 1234567 me\n", "FROM a\nRUN useradd -l -u 1234567 me\n");
}

static void wget_does_not_fill_the_log(void **state)
{
    (void)state;
    points_at("DL3047", "FROM a\nRUN wget -O x http://h/\n", "wget");
    is_silent("DL3047", "FROM a\nRUN wget -qO- http://h/; wget -nv http://h/; wget --progress=bar http://h/\n");
    safely("DL3047", "FROM debian:12\nRUN wget http://h/\n",
           "FROM debian:12\nRUN wget --progress=dot:giga http://h/\n");
    safely("DL3047", "FROM python:3-alpine\nRUN wget http://h/\n", "FROM python:3-alpine\nRUN wget -q http://h/\n");
    with_leave("DL3047", "FROM mine\nRUN wget http://h/\n", "FROM mine\nRUN wget --progress=dot:giga http://h/\n");
}

static void single_commands_in_a_row_become_one_run(void **state)
{
    (void)state;
    points_at("DL3059", "FROM a\nRUN x\n# why\nRUN y\n", "RUN");
    is_silent("DL3059", "FROM a\nRUN x\nENV A=b\nRUN y\nRUN --network=none z\nRUN p; q\n");
    is_silent("DL3059", "FROM a\nRUN x\nONBUILD RUN y\n");
    is_silent("DL3059", "FROM a\nRUN x\nRUN bash <<E\ny\nz\nE\n");
    safely("DL3059", "FROM a\nRUN x\nRUN y | z\nRUN w\n", "FROM a\nRUN x\nRUN y | z\nRUN w\n");
    safely("DL3059", "FROM a\nRUN x\nRUN y\nRUN w -v\n", "FROM a\nRUN x \\\n    && y \\\n    && w -v\n");
    safely("DL3059", "FROM a\nRUN cd /\nRUN x\n", "FROM a\nRUN cd /\nRUN x\n");
    safely("DL3059", "FROM a\nRUN x # b\nRUN y\n", "FROM a\nRUN x # b\nRUN y\n");
    safely("DL3059", "FROM a\nRUN x\n# why\nRUN y\n", "FROM a\nRUN x\n# why\nRUN y\n");
}

static void yarn_keeps_no_cache(void **state)
{
    (void)state;
    points_at("DL3060", "FROM a\nRUN yarn cache clean; yarn install\n", "yarn install");
    is_silent("DL3060", "FROM a\nRUN yarn install && yarn cache clean\n");
    is_silent("DL3060", "FROM a AS b\nRUN yarn install\nFROM c\nCOPY --from=b /x /x\n");
    is_silent("DL3060", "FROM a\nRUN --mount=type=cache,target=/home/me/.cache/yarn yarn install\n");
    safely("DL3060", "FROM a\nRUN yarn install\n", "FROM a\nRUN yarn install && yarn cache clean\n");
}

static void go_packages_have_versions(void **state)
{
    (void)state;
    points_at("DL3062", "FROM a\nRUN go install -v h/a@v1 h/b@latest\n", "h/b@latest");
    is_silent("DL3062", "FROM a\nRUN go install ./... && go get h/a@v1 && go run main.go x && go build h/c\n");
}

static void one_of_curl_and_wget_is_enough(void **state)
{
    (void)state;
    points_at("DL4001", "FROM a\nRUN curl x\nRUN make\nRUN curl y; /usr/bin/wget z\n", "/usr/bin/wget");
    is_silent("DL4001", "FROM a\nRUN curl x\nFROM b\nRUN wget x\nONBUILD RUN curl x\nRUN apk add curl\n");
}

static void shells_are_changed_by_shell(void **state)
{
    (void)state;
    points_at("DL4005", "FROM a\nRUN ln -sf /bin/bash /bin/sh\n", "/bin/sh");
    is_silent("DL4005", "FROM a\nRUN ln -s /bin/sh /bin/mine\n");
    with_leave("DL4005", "FROM a\nRUN ln -sf /bin/bash /bin/sh\n", "FROM a\nSHELL [\"/bin/bash\", \"-c\"]\n");
}

static void pipes_fail_with_their_first_command(void **state)
{
    (void)state;
    points_at("DL4006", "FROM a\nRUN x \\\n  | y\n", "|");
    points_at("DL4006", "FROM a\nSHELL [\"/bin/dash\", \"-o\", \"pipefail\", \"-c\"]\nRUN x | y\n", "|");
    is_silent("DL4006", "FROM a\nSHELL [\"/usr/bin/zsh\", \"-eo\", \"pipefail\", \"-c\"]\nRUN x | y\n");
    is_silent("DL4006", "FROM a\nONBUILD SHELL [\"bash\", \"-o\", \"pipefail\", \"-c\"]\nONBUILD RUN x | y\n");
    is_silent("DL4006", "FROM a\nSHELL [\"bash\", \"-c\"]\nRUN set -o pipefail; x | y || z\nRUN a || b\n");
    with_leave("DL4006", "FROM a\n# why\nRUN x | y\nRUN z | w\n",
               "FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n# why\nRUN x | y\nRUN z | w\n");
    with_leave("DL4006", "FROM alpine\nRUN x | y\n",
               "FROM alpine\nSHELL [\"/bin/ash\", \"-o\", \"pipefail\", \"-c\"]\nRUN x | y\n");
    with_leave("DL4006", "FROM a\nSHELL [\"bash\", \"-c\"]\nRUN x | y\n",
               "FROM a\nSHELL [\"bash\", \"-c\"]\nRUN set -o pipefail && x | y\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_for_running_systems_are_told),
        cmocka_unit_test(cd_is_told_once_for_each_run),
        cmocka_unit_test(sudo_is_told_wherever_it_stands),
        cmocka_unit_test(apt_packages_have_versions),
        cmocka_unit_test(apt_lists_are_deleted_in_the_run_that_fetched_them),
        cmocka_unit_test(a_command_is_put_behind_all_others),
        cmocka_unit_test(archives_are_added_rather_than_copied_and_extracted),
        cmocka_unit_test(pip_packages_have_versions),
        cmocka_unit_test(apt_is_told_yes),
        cmocka_unit_test(recommended_packages_are_left_out),
        cmocka_unit_test(npm_packages_have_versions),
        cmocka_unit_test(apk_packages_have_versions),
        cmocka_unit_test(apk_keeps_no_index),
        cmocka_unit_test(apt_gives_way_to_programs_for_scripts),
        cmocka_unit_test(gems_have_versions),
        cmocka_unit_test(yum_is_told_yes_and_cleaned_and_versions),
        cmocka_unit_test(zypper_is_told_yes_and_cleaned_and_versions),
        cmocka_unit_test(dnf_is_told_yes_and_cleaned_and_versions),
        cmocka_unit_test(pip_keeps_no_cache),
        cmocka_unit_test(high_uids_leave_no_huge_logs),
        cmocka_unit_test(wget_does_not_fill_the_log),
        cmocka_unit_test(single_commands_in_a_row_become_one_run),
        cmocka_unit_test(yarn_keeps_no_cache),
        cmocka_unit_test(go_packages_have_versions),
        cmocka_unit_test(one_of_curl_and_wget_is_enough),
        cmocka_unit_test(shells_are_changed_by_shell),
        cmocka_unit_test(pipes_fail_with_their_first_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
