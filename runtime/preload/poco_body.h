// (answer, fault) => the answer with its body as the fault wants it
//
// A body that is too long, or breaks off, is given to the service as it came.
#pragma once

#include <Poco/SharedPtr.h>

#include <istream>

#include "filibuster/injector.h"

namespace Poco::Net {
class HTTPResponse;
}

namespace filibuster {

// `answer` is what a session reads the body by. The result is to be read in its place.
Poco::SharedPtr<std::istream> TransformBody(const Poco::SharedPtr<std::istream>& answer,
                                            Poco::Net::HTTPResponse* response,
                                            Injection* injection);

}  // namespace filibuster
