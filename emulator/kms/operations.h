// The operations of kms::Service. Internal to kms/.
#pragma once

#include <string_view>

#include "aws/api_error.h"
#include "kms/service.h"

namespace offstage::kms {

// Each takes the request and gives the reply (null: an empty body), or the service's error.
using Operation = aws::Outcome<Json> (*)(Service&, const Json&);

// In encrypt_operations.cc.
aws::Outcome<Json> Decrypt(Service& service, const Json& request);
aws::Outcome<Json> Encrypt(Service& service, const Json& request);
aws::Outcome<Json> GenerateDataKey(Service& service, const Json& request);
aws::Outcome<Json> GenerateDataKeyWithoutPlaintext(Service& service, const Json& request);
aws::Outcome<Json> GenerateRandom(Service& service, const Json& request);
aws::Outcome<Json> ReEncrypt(Service& service, const Json& request);

// In key_operations.cc.
aws::Outcome<Json> CancelKeyDeletion(Service& service, const Json& request);
aws::Outcome<Json> CreateAlias(Service& service, const Json& request);
aws::Outcome<Json> CreateKey(Service& service, const Json& request);
aws::Outcome<Json> DeleteAlias(Service& service, const Json& request);
aws::Outcome<Json> DescribeKey(Service& service, const Json& request);
aws::Outcome<Json> DisableKey(Service& service, const Json& request);
aws::Outcome<Json> EnableKey(Service& service, const Json& request);
aws::Outcome<Json> ListAliases(Service& service, const Json& request);
aws::Outcome<Json> ListKeys(Service& service, const Json& request);
aws::Outcome<Json> ScheduleKeyDeletion(Service& service, const Json& request);
aws::Outcome<Json> UpdateAlias(Service& service, const Json& request);

}  // namespace offstage::kms
