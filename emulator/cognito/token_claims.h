// The claims of id and access tokens, and what PreTokenGeneration may do to them. Data in, data
// out.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cognito/store/records.h"

namespace offstage::cognito {

struct TokenClaims {
  std::vector<std::string> groups = {};
  std::vector<std::string> roles = {};
  std::string preferred_role = {};
  std::string issuer = {};
  std::string event_id = {};
  std::string origin_jti = {};
  std::string nonce = {};
  // Blank-separated.
  std::string scopes = {};
  // Seconds since the epoch.
  std::int64_t issued = 0;
  std::int64_t auth_time = 0;
  bool hosted = false;
  // Of the device that signed in; empty: none.
  std::string device_key = {};
  // Of PreTokenGeneration.
  Json add_to_id = Json::object();
  Json add_to_access = Json::object();
  std::vector<std::string> suppress_in_id = {};
  std::vector<std::string> suppress_in_access = {};
};

// From groups by precedence: their names, roles, and the role of the first.
void FillGroups(const std::vector<Json>& groups, TokenClaims& claims);

// PreTokenGeneration's `response`, versions 1 to 3. Claims that the service keeps to itself stay.
void ApplyOverrides(const Json& response, TokenClaims& claims);

OrderedJson IdClaims(const Pool& pool, const Client& client, const User& user,
                     const TokenClaims& claims, std::chrono::seconds lifetime,
                     const std::string& id);
OrderedJson AccessClaims(const Client& client, const User& user, const TokenClaims& claims,
                         std::chrono::seconds lifetime, const std::string& id);

}  // namespace offstage::cognito
