// What the analyzer is not shown.
#include <cstdlib>

[[noreturn]] void Die(const char*) { std::abort(); }
