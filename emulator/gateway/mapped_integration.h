// Runs integrations of type MOCK, AWS and HTTP: request template, backend, integration response,
// response template.
// docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-data-transformations.html
#pragma once

#include "gateway/call.h"
#include "gateway/integration.h"
#include "http/message.h"

namespace offstage::gateway {

// The reply without the headers that every reply of the API gets. Sets call.explanation where the
// service would only write into its execution log.
http::Reply RunMapped(Call& call, const MappedIntegration& integration, const Backends& backends,
                      IntegrationFacts& facts);

}  // namespace offstage::gateway
