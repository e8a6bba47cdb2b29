// PoolClient: what an application's own code does with a user pool: it signs people up and in, by
// whichever flow its app client allows. For scenarios and commands; everything goes through the
// public operations.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "base/json.h"
#include "base/result.h"
#include "cognito/service.h"

namespace offstage::cognito {

// Thread-compatible.
class PoolClient {
 public:
  // By id or name; empty: the only pool, and its first client without a secret (else the first).
  // Fails naming what there is. `service` outlives the result.
  static Result<PoolClient> Choose(Service& service, const std::string& pool,
                                   const std::string& client);

  const std::string& pool_id() const { return pool_id_; }
  const std::string& client_id() const { return client_id_; }
  // Whether people sign up with this attribute ("email", "phone_number") in place of a user name.
  bool SignsUpWith(std::string_view attribute) const;

  // An operation with UserPoolId or ClientId filled in where it takes one and the request has none,
  // likewise the hash of the client's secret.
  aws::Outcome<Json> Run(std::string_view operation, Json request) const;

  // InitiateAuth with a password, by USER_PASSWORD_AUTH, USER_SRP_AUTH or ADMIN_USER_PASSWORD_AUTH:
  // the first that the client allows. The answer is the service's, tokens or the next challenge.
  aws::Outcome<Json> SignIn(const std::string& username, const std::string& password) const;

 private:
  explicit PoolClient(Service& service) : service_(&service) {}
  std::string SecretHash(const std::string& username) const;
  aws::Outcome<Json> SignInBySrp(const std::string& username, const std::string& password) const;

  Service* service_;
  std::string pool_id_;
  std::string client_id_;
  std::string secret_;
  // Of the client, as DescribeUserPoolClient gives it.
  Json config_;
  std::vector<std::string> username_attributes_;
};

}  // namespace offstage::cognito
