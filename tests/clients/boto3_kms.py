"""KMS through boto3: keys, aliases, encryption with a context, data keys, and the service's refusals."""
import os

import boto3
from botocore.exceptions import ClientError

kms = boto3.client("kms", endpoint_url=os.environ["KMS_ENDPOINT"])


def refused(operation, **request):
    """(code, message) of the refusal."""
    try:
        getattr(kms, operation)(**request)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("%s was not refused" % operation)


key = kms.create_key(Description="test", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
assert key["KeyState"] == "Enabled" and key["KeySpec"] == "SYMMETRIC_DEFAULT" and key["Origin"] == "AWS_KMS", key
assert key["Arn"].endswith(":key/" + key["KeyId"]), key
kms.create_alias(AliasName="alias/test", TargetKeyId=key["KeyId"])
assert [alias["TargetKeyId"] for alias in kms.list_aliases(KeyId=key["KeyId"])["Aliases"]] == [key["KeyId"]]
assert kms.describe_key(KeyId="alias/test")["KeyMetadata"] == key
assert key["Arn"] in [row["KeyArn"] for page in kms.get_paginator("list_keys").paginate() for row in page["Keys"]]

text = bytes(range(256)) * 16
made = kms.encrypt(KeyId="alias/test", Plaintext=text, EncryptionContext={"user": "ada"})
assert made["KeyId"] == key["Arn"] and made["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT", made
read = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"user": "ada"})
assert read["Plaintext"] == text and read["KeyId"] == key["Arn"], read
assert refused("decrypt", CiphertextBlob=made["CiphertextBlob"])[0] == "InvalidCiphertextException"
assert refused("decrypt", CiphertextBlob=b"nonsense")[0] == "InvalidCiphertextException"
assert refused("encrypt", KeyId="alias/test", Plaintext=b"x" * 4097)[0] == "ValidationException"
assert refused("encrypt", KeyId="alias/none", Plaintext=b"x")[0] == "NotFoundException"

data_key = kms.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256")
assert len(data_key["Plaintext"]) == 32
assert kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])["Plaintext"] == data_key["Plaintext"]
assert "Plaintext" not in kms.generate_data_key_without_plaintext(KeyId=key["Arn"], NumberOfBytes=64)
assert len(kms.generate_random(NumberOfBytes=7)["Plaintext"]) == 7

other = kms.create_key()["KeyMetadata"]["KeyId"]
moved = kms.re_encrypt(CiphertextBlob=made["CiphertextBlob"], SourceEncryptionContext={"user": "ada"}, DestinationKeyId=other)
assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], KeyId=other)["Plaintext"] == text
assert refused("decrypt", CiphertextBlob=moved["CiphertextBlob"], KeyId=key["KeyId"])[0] == "IncorrectKeyException"
kms.disable_key(KeyId=other)
assert refused("decrypt", CiphertextBlob=moved["CiphertextBlob"])[0] == "DisabledException"
kms.schedule_key_deletion(KeyId=other, PendingWindowInDays=7)
assert refused("encrypt", KeyId=other, Plaintext=b"x")[0] == "KMSInvalidStateException"

try:
    kms.encrypt(KeyId=other, Plaintext=b"x")
except kms.exceptions.KMSInvalidStateException:
    pass
code, message = refused("sign", KeyId=key["KeyId"], Message=b"x", SigningAlgorithm="ECDSA_SHA_256")
assert message == "Sign is not emulated by offstage.", (code, message)
assert refused("create_key", KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")[0] == "UnsupportedOperationException"
print("all good")
