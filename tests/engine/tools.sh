#!/usr/bin/env bash
# Unpacks docker 26, compose 2 and buildx of Debian 13 into a folder, without installing them: Debian 12 has
# neither, and its C library will do for them.
#     tools.sh FOLDER           afterwards FOLDER/usr/bin/docker is there, and FOLDER/config/cli-plugins
# The mirror is the one that the machine is set up with.
set -euo pipefail
folder=$1
[ -x "$folder/usr/sbin/dockerd" ] && [ -e "$folder/config/cli-plugins/docker-buildx" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/debs" "$folder"
mirror=$(awk '/^URIs/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources)
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$mirror" >"$work/list"
cat >"$work/conf" <<END
Dir::Etc::sourcelist "$work/list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$work/lists";
Dir::Cache::archives "$work/archives";
Dir::Cache::pkgcache "$work/pkgcache.bin";
Dir::Cache::srcpkgcache "$work/srcpkgcache.bin";
APT::Sandbox::User "root";
END
export APT_CONFIG=$work/conf
cd "$work/debs"
apt-get update -qq
apt-get download -qq docker.io docker-cli docker-buildx docker-compose containerd
for deb in *.deb; do
    dpkg-deb -x "$deb" "$folder"
done
mkdir -p "$folder/config/cli-plugins"
ln -sf "$folder"/usr/libexec/docker/cli-plugins/docker-* "$folder/config/cli-plugins/"
