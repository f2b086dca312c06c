// static local variable => whether this thread is initialising one
#pragma once

namespace filibuster {

// What begins meanwhile is for the whole process, whoever happens to come first.
bool InStaticInitialisation() noexcept;

}  // namespace filibuster
