// JSON text of a message, as message_text.h writes it => the message.
//
// Nullopt for all other texts: those of other implementations of Filibuster, and mistakes. What
// protocol.h reads, from a JSON value, is the protocol; this is the short cut.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/protocol.h"

namespace filibuster {

std::optional<Invocation> ReadInvocation(std::string_view text);
// If there is no fault. *mailbox: the control server's, if it says that it has one.
std::optional<CreateAnswer> ReadCreateAnswer(std::string_view text, std::string* mailbox = nullptr);
std::optional<Update> ReadUpdate(std::string_view text);

}  // namespace filibuster
