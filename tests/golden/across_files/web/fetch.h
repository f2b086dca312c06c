#pragma once

#include <exception>

struct Down : std::exception {};

void Fetch();
