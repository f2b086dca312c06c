// What the analyzer is not shown.
#include <httplib.h>

int StatusFor(httplib::Error) { return 503; }

void Fail(httplib::Response& response) { response.status = 503; }
