// Case: a request to measure, and where cases come from: the command line, `bench` blocks of
// scenario files, and the template's routes with example requests of the scenarios.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "bench/load.h"
#include "http/message.h"
#include "scenario/model.h"
#include "scenario/target.h"

namespace offstage::bench {

struct Case {
  // "GET /users?limit=10", or the name of the bench block.
  std::string name = {};
  // "command line", "users.scenario.yml:12".
  std::string source = {};
  // "GET /users/{id}"; empty: not known.
  std::string route = {};
  // What comes before the request; its one step is the request.
  scenario::Scenario scenario = {};
  std::vector<LoadShape> shapes = {};
  // Answers with another status are failures. 0: any of 2xx and 3xx is good.
  int expected_status = 0;
};

// A route of the template, "GET" and "/users/{id}".
struct Route {
  std::string method = {};
  std::string path = {};
};

// The route that a request takes, literal before parameter before greedy; null: none does.
const Route* FindRoute(const std::vector<Route>& routes, std::string_view method,
                       std::string_view target);

// What a request of the command line has beside its method and path.
struct RequestParts {
  // "Name: value"
  std::vector<std::string> headers = {};
  // A body that is JSON is sent as such, unless a header says otherwise.
  std::string body = {};
  // A user of the pool, as `as:` in scenarios.
  std::string user = {};
};
// `text`: "GET /users?limit=10"; a path alone is a GET (a POST with a body). Fails for what is no
// request.
Result<Case> CaseFromText(const std::string& text, const RequestParts& parts);

Case CaseFromBench(const scenario::Bench& bench);

// One case a route that has an example: a request of a scenario which expects it to succeed, with
// the steps before it. Routes without one are added to `without`.
std::vector<Case> CasesFromRoutes(const std::vector<Route>& routes,
                                  const std::vector<scenario::Scenario>& scenarios,
                                  std::vector<std::string>& without);

// Brings the target to where the request can be sent, and makes `count` requests (one when all
// would be the same). Fails when a step before the request does.
Result<std::vector<http::Request>> PrepareRequests(const Case& subject, scenario::Target& target,
                                                   std::size_t count, std::uint64_t seed);

}  // namespace offstage::bench
