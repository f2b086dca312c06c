// Calls by the multi interface that are made before they fail: two transfers, of which the service
// sees one. The first one's end is kept from it, and the second one begins.
#pragma once

#include <curl/curl.h>

namespace filibuster {

// This handle, just added to `multi`, makes the first one.
void FollowFirst(CURLM* multi, CURL* easy);
// After libcurl has done some of its work: begins the second transfers that are due. How many.
int GoOnAfterFirst(CURLM* multi);
// As curl_multi_info_read.
CURLMsg* ReadMessage(CURLM* multi, int* messages_left);
void ForgetHandle(CURLM* multi, const CURL* easy);
void ForgetMulti(CURLM* multi);

}  // namespace filibuster
