// The binary framing of streamed replies of AWS's APIs (application/vnd.amazon.eventstream):
// docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html, "Event stream encoding".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offstage::lambda {

// One message with text headers, whole with its checksums.
std::string EncodeEventMessage(const std::vector<std::pair<std::string, std::string>>& headers,
                               std::string_view payload);

}  // namespace offstage::lambda
