// HTTP steps as requests. Internal to scenario/.
#pragma once

#include "base/result.h"
#include "http/message.h"
#include "scenario/model.h"

namespace offstage::scenario {

// `node`: the step with its variables replaced. Fails for a body file that cannot be read, base64
// that is none.
Result<http::Request> MakeRequest(const Step& step, const Node& node);

}  // namespace offstage::scenario
