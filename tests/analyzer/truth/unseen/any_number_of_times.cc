// What the analyzer is not shown.
#include <cstdlib>

bool More() { return std::rand() == 1; }
