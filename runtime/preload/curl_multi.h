// Calls by the multi interface that are two transfers, of which the service sees one: that are made
// before they fail, or whose body is kept back until it can be transformed. The first one's end is
// kept from the service, and the second one begins.
//
// libcurl tells the service's callbacks of that one too: what they throw comes out of the first
// three here.
#pragma once

#include <curl/curl.h>

namespace filibuster {

// After libcurl has done some of its work: begins the second transfers that are due. How many.
int GoOnAfterFirst(CURLM* multi);
// As curl_multi_info_read.
CURLMsg* ReadMessage(CURLM* multi, int* messages_left);
void ForgetHandle(CURLM* multi, const CURL* easy);
// This handle, just added to `multi`, makes the first one.
void FollowFirst(CURLM* multi, CURL* easy);
void ForgetMulti(CURLM* multi);

}  // namespace filibuster
