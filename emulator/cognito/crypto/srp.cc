#include "cognito/crypto/srp.h"

#include <openssl/bn.h>

#include <memory>

#include "base/check.h"
#include "base/text.h"
#include "cognito/crypto/bytes.h"

namespace offstage::cognito {

namespace {

// RFC 5054, appendix A, 3072-bit group; the generator is 2 (as Cognito has it).
constexpr char kN[] =
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404"
    "DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7"
    "ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF"
    "5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE"
    "3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA05"
    "10"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4"
    "C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B20"
    "0C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFF"
    "FF";
constexpr std::size_t kMaxHexDigits = 1024;
constexpr std::string_view kInfo = "Caldera Derived Key\x01";

struct BigNumberFree {
  void operator()(BIGNUM* number) const { ::BN_clear_free(number); }
};
using BigNumber = std::unique_ptr<BIGNUM, BigNumberFree>;
struct NumberContextFree {
  void operator()(BN_CTX* context) const { ::BN_CTX_free(context); }
};
using NumberContext = std::unique_ptr<BN_CTX, NumberContextFree>;

BigNumber FromBytes(std::string_view bytes) {
  return BigNumber(::BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                               static_cast<int>(bytes.size()), nullptr));
}

// Null for anything but 1 to kMaxHexDigits hex digits.
BigNumber FromHex(std::string_view hex) {
  if (hex.empty() || hex.size() > kMaxHexDigits ||
      hex.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
    return nullptr;
  }
  BIGNUM* number = nullptr;
  ::BN_hex2bn(&number, std::string(hex).c_str());
  return BigNumber(number);
}

std::string ToHex(const BIGNUM* number) {
  char* text = ::BN_bn2hex(number);
  std::string hex = ToLower(text);
  ::OPENSSL_free(text);
  return hex;
}

// Big-endian with a leading zero byte where the top bit is set: what padded hex text stands for.
std::string Padded(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  ::BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  if (bytes.empty() || (static_cast<unsigned char>(bytes[0]) & 0x80) != 0) bytes.insert(0, 1, '\0');
  return bytes;
}

struct Group {
  BigNumber n = FromHex(kN);
  BigNumber g = FromHex("2");
  BigNumber k = FromBytes(Sha256(Padded(n.get()) + Padded(g.get())));
};

const Group& TheGroup() {
  static const Group group;
  return group;
}

BigNumber Power(const BIGNUM* base, const BIGNUM* exponent, BN_CTX* context) {
  BigNumber result(::BN_new());
  ::BN_mod_exp(result.get(), base, exponent, TheGroup().n.get(), context);
  return result;
}

// x of RFC 5054.
BigNumber PrivateKeyOf(const BIGNUM* salt, std::string_view pool_name, std::string_view username,
                       std::string_view password) {
  const std::string inner =
      Sha256(std::string(pool_name) + std::string(username) + ":" + std::string(password));
  return FromBytes(Sha256(Padded(salt) + inner));
}

// Both sides make the 16 bytes from u and S.
std::string DeriveKey(const BIGNUM* u, const BIGNUM* s) {
  return HmacSha256(HmacSha256(Padded(u), Padded(s)), kInfo).substr(0, 16);
}

BigNumber VerifierOf(const BIGNUM* salt, std::string_view pool_name, std::string_view username,
                     std::string_view password) {
  const BigNumber x = PrivateKeyOf(salt, pool_name, username, password);
  const NumberContext context(::BN_CTX_new());
  return Power(TheGroup().g.get(), x.get(), context.get());
}

}  // namespace

PasswordVerifier MakeVerifier(std::string_view pool_name, std::string_view username,
                              std::string_view password) {
  const BigNumber salt = FromBytes(RandomBytes(16));
  const BigNumber verifier = VerifierOf(salt.get(), pool_name, username, password);
  return {.salt = ToHex(salt.get()), .verifier = ToHex(verifier.get())};
}

bool CheckPassword(const PasswordVerifier& stored, std::string_view pool_name,
                   std::string_view username, std::string_view password) {
  const BigNumber salt = FromHex(stored.salt);
  if (salt == nullptr || stored.verifier.empty()) return false;
  return EqualInConstantTime(ToHex(VerifierOf(salt.get(), pool_name, username, password).get()),
                             stored.verifier);
}

SrpServer StartSrp(const PasswordVerifier& stored) {
  const Group& group = TheGroup();
  const NumberContext context(::BN_CTX_new());
  const BigNumber v = FromHex(stored.verifier);
  OFFSTAGE_CHECK(v != nullptr, "a stored verifier is a number");
  const BigNumber b = FromBytes(RandomBytes(32));
  const BigNumber power = Power(group.g.get(), b.get(), context.get());
  BigNumber public_b(::BN_new());
  ::BN_mod_mul(public_b.get(), group.k.get(), v.get(), group.n.get(), context.get());
  ::BN_mod_add(public_b.get(), public_b.get(), power.get(), group.n.get(), context.get());
  return {.secret_b = ToHex(b.get()), .public_b = ToHex(public_b.get())};
}

bool IsUsableSrpA(std::string_view public_a) {
  const BigNumber a = FromHex(public_a);
  if (a == nullptr) return false;
  const NumberContext context(::BN_CTX_new());
  BigNumber rest(::BN_new());
  ::BN_mod(rest.get(), a.get(), TheGroup().n.get(), context.get());
  return BN_is_zero(rest.get()) == 0;
}

std::optional<std::string> SrpSessionKey(const PasswordVerifier& stored, const SrpServer& server,
                                         std::string_view public_a) {
  if (!IsUsableSrpA(public_a)) return std::nullopt;
  const Group& group = TheGroup();
  const NumberContext context(::BN_CTX_new());
  const BigNumber a = FromHex(public_a);
  const BigNumber v = FromHex(stored.verifier);
  const BigNumber b = FromHex(server.secret_b);
  const BigNumber public_b = FromHex(server.public_b);
  const BigNumber u = FromBytes(Sha256(Padded(a.get()) + Padded(public_b.get())));
  if (v == nullptr || b == nullptr || BN_is_zero(u.get()) != 0) return std::nullopt;
  // S = (A * v^u)^b
  BigNumber s = Power(v.get(), u.get(), context.get());
  ::BN_mod_mul(s.get(), s.get(), a.get(), group.n.get(), context.get());
  s = Power(s.get(), b.get(), context.get());
  return DeriveKey(u.get(), s.get());
}

SrpClient StartSrpClient() {
  const BigNumber a = FromBytes(RandomBytes(32));
  const NumberContext context(::BN_CTX_new());
  return {.secret_a = ToHex(a.get()),
          .public_a = ToHex(Power(TheGroup().g.get(), a.get(), context.get()).get())};
}

std::optional<std::string> SrpClientKey(const SrpClient& client, const SrpChallenge& challenge,
                                        std::string_view pool_name, std::string_view username,
                                        std::string_view password) {
  const Group& group = TheGroup();
  const NumberContext context(::BN_CTX_new());
  const BigNumber a = FromHex(client.secret_a);
  const BigNumber public_a = FromHex(client.public_a);
  const BigNumber salt = FromHex(challenge.salt);
  const BigNumber public_b = FromHex(challenge.public_b);
  if (a == nullptr || public_a == nullptr || salt == nullptr || public_b == nullptr)
    return std::nullopt;
  const BigNumber u = FromBytes(Sha256(Padded(public_a.get()) + Padded(public_b.get())));
  const BigNumber x = PrivateKeyOf(salt.get(), pool_name, username, password);
  // S = (B - k * g^x)^(a + u * x)
  BigNumber base = Power(group.g.get(), x.get(), context.get());
  ::BN_mod_mul(base.get(), base.get(), group.k.get(), group.n.get(), context.get());
  ::BN_mod_sub(base.get(), public_b.get(), base.get(), group.n.get(), context.get());
  BigNumber exponent(::BN_new());
  ::BN_mul(exponent.get(), u.get(), x.get(), context.get());
  ::BN_add(exponent.get(), exponent.get(), a.get());
  const BigNumber s = Power(base.get(), exponent.get(), context.get());
  return DeriveKey(u.get(), s.get());
}

std::string SrpSignature(std::string_view key, std::string_view pool_name,
                         std::string_view username, std::string_view secret_block,
                         std::string_view timestamp) {
  std::string message(pool_name);
  message.append(username).append(secret_block).append(timestamp);
  return Base64Encode(HmacSha256(key, message));
}

}  // namespace offstage::cognito
