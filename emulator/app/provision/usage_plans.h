// API keys, usage plans and throttling settings of a stack's APIs.
#pragma once

#include <string>
#include <vector>

#include "gateway/api_config.h"
#include "template/stack.h"

namespace offstage::app {

// Fills api_keys, usage_plans, throttle and route_throttles. A key whose value the template leaves
// to AWS gets one that is the same at every start.
void SetUsagePlans(const templates::Stack& stack, const templates::Api& api,
                   gateway::ApiConfig& config);

}  // namespace offstage::app
