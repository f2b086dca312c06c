// cpp-httplib with its clients and servers instrumented: include this instead of <httplib.h>, in
// every file of the service, before headers of your own that mention httplib, and write
//
//   FILIBUSTER_SERVICE("foo");
//
// once. Nothing else changes: `httplib::Client` is ours from here on, and makes calls fail as the
// control server says. Without FILIBUSTER_URL in the environment nothing happens at all.
//
// It works by renaming: `httplib` is a macro for a namespace that has httplib's own names, and
// Client, Server, SSLClient and SSLServer in place of httplib's. Hence
// - a file that includes <httplib.h> alone has other types of the same name; passing one from such
//   a file to another does not link (compile the whole service with `-include filibuster/httplib.h`
//   if that is simpler than changing includes);
// - a `namespace httplib { class Client; }` above this include names httplib's own class;
// - an SSLServer is not a Server here, though it has the same functions;
// - httplib::ClientImpl is not instrumented;
// - calls made by an error handler, a post-routing handler, a logger or a content provider are not
//   known to belong to the request; filibuster/context.h can carry it there;
// - a call that is made to fail leaves the client's connection, if one is open, as it was.
// Written for cpp-httplib 0.11.
#pragma once

#include <httplib.h>

#include "filibuster/service.h"

// The analyzer sees a service's code as it is without us.
#ifndef FILIBUSTER_ANALYSIS

#include "filibuster/detail/httplib_client.h"
#include "filibuster/detail/httplib_server.h"

namespace filibuster_httplib {

// One by one: a using-directive would make `Client` ambiguous after `using namespace httplib`.
using ::httplib::append_query_params;
using ::httplib::ClientImpl;
using ::httplib::ContentProvider;
using ::httplib::ContentProviderResourceReleaser;
using ::httplib::ContentProviderWithoutLength;
using ::httplib::ContentReader;
using ::httplib::ContentReceiver;
using ::httplib::ContentReceiverWithProgress;
using ::httplib::DataSink;
using ::httplib::default_socket_options;
using ::httplib::Error;
using ::httplib::Headers;
using ::httplib::hosted_at;
using ::httplib::Logger;
using ::httplib::make_basic_authentication_header;
using ::httplib::make_range_header;
using ::httplib::Match;
using ::httplib::MultipartContentHeader;
using ::httplib::MultipartFormData;
using ::httplib::MultipartFormDataItems;
using ::httplib::MultipartFormDataMap;
using ::httplib::MultipartFormDataProvider;
using ::httplib::MultipartFormDataProviderItems;
using ::httplib::Params;
using ::httplib::Progress;
using ::httplib::Range;
using ::httplib::Ranges;
using ::httplib::Request;
using ::httplib::Response;
using ::httplib::ResponseHandler;
using ::httplib::Result;
using ::httplib::SocketOptions;
using ::httplib::Stream;
using ::httplib::TaskQueue;
using ::httplib::ThreadPool;
using ::httplib::to_string;
using ::httplib::operator<<;
namespace detail = ::httplib::detail;

}  // namespace filibuster_httplib

#define httplib filibuster_httplib

#endif  // FILIBUSTER_ANALYSIS
