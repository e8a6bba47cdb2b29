// Making pools, clients and the rest, whoever asks: the API, or a template through the service.
#pragma once

#include <string>

#include "cognito/engine.h"

namespace offstage::cognito {

// A pool with `request` (CreateUserPool's or UpdateUserPool's members) as its configuration. `old`:
// the pool that is changed, whose schema, names and dates stay; null: a new one with `id`.
aws::Outcome<Pool> MakePool(const Engine& engine, const Json& request, const std::string& id,
                            const Pool* old);
// The same for CreateUserPoolClient's and UpdateUserPoolClient's members. `secret`: the client's
// own, if the template knows it; else made up with GenerateSecret.
aws::Outcome<Client> MakeClient(const Engine& engine, const Pool& pool, const Json& request,
                                const std::string& id, const Client* old,
                                const std::string& secret);

// Custom attributes that the pool lacks are added to its schema; others stay as they are.
aws::Outcome<Unit> AddSchema(const Json& attributes, Pool& pool);

// UserPoolType and UserPoolClientType, as Describe answers.
aws::Outcome<Json> DescribePool(Engine& engine, const Pool& pool);
Json DescribeClient(const Client& client);

// Members that are kept and described but do nothing here ("UserPoolAddOns"), of those that
// the request has.
std::vector<std::string> WithoutEffect(const Json& request);

}  // namespace offstage::cognito
