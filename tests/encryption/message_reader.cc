#include "encryption/message_reader.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>

#include <vector>

#include "base/text.h"
#include "encryption/aes_gcm.h"

namespace offstage::encryption::test {

namespace {

// Takes bytes from the front; empty and `failed` when there are too few.
struct Cursor {
  std::string_view left;
  bool failed = false;

  std::string Take(std::size_t count) {
    if (left.size() < count) {
      failed = true;
      return {};
    }
    std::string taken(left.substr(0, count));
    left.remove_prefix(count);
    return taken;
  }
  std::uint64_t Number(std::size_t bytes) {
    std::uint64_t number = 0;
    for (const char c : Take(bytes))
      number = number << 8 | static_cast<unsigned char>(c);
    return number;
  }
  std::string Field() { return Take(Number(2)); }
};

std::string BigEndian(std::uint64_t number, int bytes) {
  std::string out(static_cast<std::size_t>(bytes), '\0');
  for (int at = bytes; at-- > 0; number >>= 8)
    out[static_cast<std::size_t>(at)] = static_cast<char>(number & 0xff);
  return out;
}

std::string HmacSha384(std::string_view key, std::string_view bytes) {
  unsigned char digest[48];
  unsigned int length = 0;
  ::HMAC(::EVP_sha384(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest, &length);
  return {reinterpret_cast<const char*>(digest), length};
}

// RFC 5869, for one block of output.
std::string DerivedKey(std::string_view data_key, std::string_view info) {
  const std::string extracted = HmacSha384(std::string(48, '\0'), data_key);
  return HmacSha384(extracted, std::string(info) + '\x01').substr(0, 32);
}

bool SignedBy(std::string point, std::string_view message, std::string_view signature) {
  OSSL_PARAM_BLD* builder = ::OSSL_PARAM_BLD_new();
  ::OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0);
  ::OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  OSSL_PARAM* parameters = ::OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* maker = ::EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY* key = nullptr;
  const bool made = ::EVP_PKEY_fromdata_init(maker) == 1 &&
                    ::EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
  EVP_MD_CTX* digest = ::EVP_MD_CTX_new();
  const bool good =
      made && ::EVP_DigestVerifyInit(digest, nullptr, ::EVP_sha384(), nullptr, key) == 1 &&
      ::EVP_DigestVerify(digest, reinterpret_cast<const unsigned char*>(signature.data()),
                         signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                         message.size()) == 1;
  ::EVP_MD_CTX_free(digest);
  ::EVP_PKEY_free(key);
  ::EVP_PKEY_CTX_free(maker);
  ::OSSL_PARAM_free(parameters);
  ::OSSL_PARAM_BLD_free(builder);
  return good;
}

}  // namespace

std::optional<MessageHeader> ReadHeader(std::string_view message) {
  Cursor in{message};
  MessageHeader header;
  if (in.Take(4) != std::string_view("\x01\x80\x03\x78", 4)) return std::nullopt;
  header.message_id = in.Take(16);
  const std::string context = in.Field();
  Cursor pairs{context};
  for (auto left = pairs.Number(2); left > 0 && !pairs.failed; --left) {
    const std::string name = pairs.Field();
    header.context[name] = pairs.Field();
  }
  if (pairs.failed || !pairs.left.empty() || in.Number(2) != 1) return std::nullopt;
  header.provider = in.Field();
  header.provider_info = in.Field();
  header.encrypted_key = in.Field();
  // Framed; reserved bytes; the nonce's length.
  if (in.Number(1) != 2 || in.Number(4) != 0 || in.Number(1) != 12) return std::nullopt;
  header.frame_length = static_cast<std::uint32_t>(in.Number(4));
  header.bytes = message.substr(0, message.size() - in.left.size());
  header.nonce = in.Take(12);
  header.proof = in.Take(16);
  header.rest = in.left;
  return in.failed ? std::nullopt : std::optional<MessageHeader>(header);
}

std::optional<std::string> ReadMessage(std::string_view message, std::string_view data_key) {
  const auto header = ReadHeader(message);
  if (!header) return std::nullopt;
  const std::string key = DerivedKey(data_key, "\x03\x78" + header->message_id);
  if (!Open({.key = key, .nonce = header->nonce, .beside = header->bytes}, header->proof))
    return std::nullopt;
  Cursor in{header->rest};
  std::string text;
  for (std::uint64_t expected = 1;; ++expected) {
    std::uint64_t number = in.Number(4);
    const bool last = number == 0xffffffff;
    if (last) number = in.Number(4);
    const std::string nonce = in.Take(12);
    const std::uint64_t length = last ? in.Number(4) : header->frame_length;
    const std::string sealed = in.Take(length + 16);
    if (in.failed || number != expected || nonce != BigEndian(number, 12)) return std::nullopt;
    const auto piece = Open(
        {.key = key,
         .nonce = nonce,
         .beside = header->message_id +
                   (last ? "AWSKMSEncryptionClient Final Frame" : "AWSKMSEncryptionClient Frame") +
                   BigEndian(number, 4) + BigEndian(length, 8)},
        sealed);
    if (!piece) return std::nullopt;
    text += *piece;
    if (last) break;
  }
  const std::string_view proved = message.substr(0, message.size() - in.left.size());
  const std::string signature = in.Field();
  const auto point = Base64Decode(header->context.at("aws-crypto-public-key"));
  if (in.failed || !in.left.empty() || !point || !SignedBy(*point, proved, signature))
    return std::nullopt;
  return text;
}

}  // namespace offstage::encryption::test
