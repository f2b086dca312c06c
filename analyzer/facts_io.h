// FileFacts <=> bytes, to be kept on disk and passed between processes of one build of the program.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/facts.h"

namespace filibuster {

std::string FactsToBytes(const FileFacts& facts);

// Nothing if the bytes are not what FactsToBytes gave.
std::optional<FileFacts> FactsFromBytes(std::string_view bytes);

}  // namespace filibuster
