// The headers are C++ as well.
#include <ullage/ullage.h>

int main()
{
    ullage_analyze_options options = ULLAGE_ANALYZE_OPTIONS_INIT;
    ullage_error *error = nullptr;
    ullage_analysis *analysis = nullptr;
    int result = ullage_analyze("/nowhere", &options, &analysis, &error);
    ullage_error_free(error);
    return result == -1 ? 0 : 1;
}
