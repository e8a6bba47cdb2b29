// What encrypts and decrypts: docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html and its
// neighbours.
//
// Not emulated: attestation documents of Nitro enclaves (Recipient), custom key stores. Grant
// tokens change nothing: every caller may use every key.
#include <fmt/format.h>

#include "base/text.h"
#include "encryption/bytes.h"
#include "kms/ciphertext.h"
#include "kms/errors.h"
#include "kms/operations.h"
#include "kms/request.h"

namespace offstage::kms {

namespace {

constexpr std::size_t kMaxPlaintext = 4096;   // AWS Encrypt, "Plaintext"
constexpr std::size_t kMaxCiphertext = 6144;  // AWS Decrypt, "CiphertextBlob"
constexpr const char* kSymmetric = "SYMMETRIC_DEFAULT";

// The request's last checks: what would not be done.
aws::Outcome<Unit> CheckExtras(const Json& request) {
  for (const char* member : {"Recipient", "CustomKeyStoreId"}) {
    const auto found = request.find(member);
    if (found != request.end() && !found->is_null()) return Fail(NotEmulated(member));
  }
  OFFSTAGE_TRY(const bool dry, Flag(request, "DryRun"));
  if (dry) {
    return Fail(aws::ApiError{
        .type = "DryRunOperationException",
        .message = "The request would have succeeded, but the DryRun option is set."});
  }
  return Ok();
}

// How the sides of ReEncrypt and Decrypt name their members.
struct Names {
  std::string_view key;
  std::string_view context;
  std::string_view algorithm;
};

struct Decrypted {
  Key key;
  std::string plaintext;
};

aws::Outcome<Decrypted> DecryptBlob(Service& service, const Json& request, const Names& names) {
  OFFSTAGE_TRY(const std::string blob,
               NeedBytes(request, {.member = "CiphertextBlob", .longest = kMaxCiphertext}));
  OFFSTAGE_TRY(const std::string wanted, OptionalText(request, {.member = names.key}));
  OFFSTAGE_TRY(const EncryptionContext context, ReadContext(request, names.context));
  OFFSTAGE_TRY_VOID(CheckAlgorithm(request, names.algorithm));
  std::optional<Key> expected;
  if (!wanted.empty()) {
    OFFSTAGE_TRY(expected, service.FindUsableKey(wanted));
  }
  const auto mark = MarkOf(blob);
  if (!mark) return Fail(InvalidCiphertext("it is no ciphertext that this emulator made"));
  std::optional<Key> key;
  for (Key& one : service.store().Keys()) {
    if (KeyMark(one) == *mark) key = std::move(one);
  }
  if (!key) return Fail(InvalidCiphertext("the key that it was made with is not here"));
  if (expected && expected->arn != key->arn) {
    return Fail(aws::ApiError{.type = "IncorrectKeyException",
                              .message = "The key ID in the request does not identify a CMK that "
                                         "can perform this operation."});
  }
  OFFSTAGE_TRY_VOID(Service::CheckUsable(*key));
  auto plaintext = ReadCiphertext(*key, context, blob);
  if (!plaintext) {
    return Fail(InvalidCiphertext(
        "its encryption context is not the one it was encrypted with, or it was changed"));
  }
  return Decrypted{.key = *std::move(key), .plaintext = *std::move(plaintext)};
}

enum class Plaintext { kShown, kKept };

aws::Outcome<Json> MakeDataKey(Service& service, const Json& request, Plaintext shown) {
  OFFSTAGE_TRY(const std::string name, NeedText(request, {.member = "KeyId"}));
  OFFSTAGE_TRY(const EncryptionContext context, ReadContext(request, "EncryptionContext"));
  OFFSTAGE_TRY(const auto count,
               OptionalNumber(request, {.member = "NumberOfBytes", .least = 1, .most = 1024}));
  OFFSTAGE_TRY(const std::string spec, OptionalText(request, {.member = "KeySpec"}));
  if (!spec.empty() && spec != "AES_256" && spec != "AES_128") {
    return Fail(Violation(fmt::format("'{}'", spec), "keySpec",
                          "Member must satisfy enum value set: [AES_256, AES_128]"));
  }
  if (spec.empty() != count.has_value())
    return Fail(Invalid("Please specify either number of bytes or key spec."));
  OFFSTAGE_TRY(const Key key, service.FindUsableKey(name));
  OFFSTAGE_TRY_VOID(CheckExtras(request));
  const auto bytes = static_cast<std::size_t>(count ? *count : spec == "AES_256" ? 32 : 16);
  const std::string plaintext = encryption::RandomBytes(bytes);
  Json reply = {{"CiphertextBlob", Base64Encode(MakeCiphertext(key, context, plaintext))},
                {"KeyId", key.arn}};
  if (shown == Plaintext::kShown) reply["Plaintext"] = Base64Encode(plaintext);
  return reply;
}

}  // namespace

aws::Outcome<Json> Encrypt(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, NeedText(request, {.member = "KeyId"}));
  OFFSTAGE_TRY(const std::string plaintext,
               NeedBytes(request, {.member = "Plaintext", .longest = kMaxPlaintext}));
  OFFSTAGE_TRY(const EncryptionContext context, ReadContext(request, "EncryptionContext"));
  OFFSTAGE_TRY_VOID(CheckAlgorithm(request, "EncryptionAlgorithm"));
  OFFSTAGE_TRY(const Key key, service.FindUsableKey(name));
  OFFSTAGE_TRY_VOID(CheckExtras(request));
  return Json{{"CiphertextBlob", Base64Encode(MakeCiphertext(key, context, plaintext))},
              {"KeyId", key.arn},
              {"EncryptionAlgorithm", kSymmetric}};
}

aws::Outcome<Json> Decrypt(Service& service, const Json& request) {
  OFFSTAGE_TRY(const Decrypted found, DecryptBlob(service, request,
                                                  {.key = "KeyId",
                                                   .context = "EncryptionContext",
                                                   .algorithm = "EncryptionAlgorithm"}));
  OFFSTAGE_TRY_VOID(CheckExtras(request));
  return Json{{"KeyId", found.key.arn},
              {"Plaintext", Base64Encode(found.plaintext)},
              {"EncryptionAlgorithm", kSymmetric}};
}

aws::Outcome<Json> ReEncrypt(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, NeedText(request, {.member = "DestinationKeyId"}));
  OFFSTAGE_TRY(const EncryptionContext context,
               ReadContext(request, "DestinationEncryptionContext"));
  OFFSTAGE_TRY_VOID(CheckAlgorithm(request, "DestinationEncryptionAlgorithm"));
  OFFSTAGE_TRY(const Decrypted found, DecryptBlob(service, request,
                                                  {.key = "SourceKeyId",
                                                   .context = "SourceEncryptionContext",
                                                   .algorithm = "SourceEncryptionAlgorithm"}));
  OFFSTAGE_TRY(const Key key, service.FindUsableKey(name));
  OFFSTAGE_TRY_VOID(CheckExtras(request));
  return Json{{"CiphertextBlob", Base64Encode(MakeCiphertext(key, context, found.plaintext))},
              {"SourceKeyId", found.key.arn},
              {"KeyId", key.arn},
              {"SourceEncryptionAlgorithm", kSymmetric},
              {"DestinationEncryptionAlgorithm", kSymmetric}};
}

aws::Outcome<Json> GenerateDataKey(Service& service, const Json& request) {
  return MakeDataKey(service, request, Plaintext::kShown);
}

aws::Outcome<Json> GenerateDataKeyWithoutPlaintext(Service& service, const Json& request) {
  return MakeDataKey(service, request, Plaintext::kKept);
}

aws::Outcome<Json> GenerateRandom(Service&, const Json& request) {
  OFFSTAGE_TRY(const auto count,
               OptionalNumber(request, {.member = "NumberOfBytes", .least = 1, .most = 1024}));
  if (!count) return Fail(Invalid("NumberOfBytes is required."));
  OFFSTAGE_TRY_VOID(CheckExtras(request));
  return Json{
      {"Plaintext", Base64Encode(encryption::RandomBytes(static_cast<std::size_t>(*count)))}};
}

}  // namespace offstage::kms
