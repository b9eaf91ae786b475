using System.Buffers.Binary;
using System.Security.Cryptography;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Ledgers;

/// <summary>One signed link of the embedded ledger's chain.</summary>
/// <param name="Number">Starts at 0 and grows by 1.</param>
/// <param name="PreviousHash">Hash of the block before; 32 zero bytes for the first.</param>
/// <param name="Body">The entry as JSON.</param>
/// <param name="Hash">SHA-256 over number, previous hash and the body's SHA-256.</param>
/// <param name="Signature">ECDSA P-256 over the hash.</param>
internal sealed record LedgerBlock(long Number, byte[] PreviousHash, byte[] Body, byte[] Hash, byte[] Signature)
{
    public const int HashBytes = 32;

    public string TransactionId => DecisionEvidence.Hex(SHA256.HashData(Body));

    public string HashHex => DecisionEvidence.Hex(Hash);

    public static LedgerBlock Sign(long number, byte[] previousHash, byte[] body, LedgerKey key)
    {
        var hash = HashOf(number, previousHash, body);
        return new LedgerBlock(number, previousHash, body, hash, key.Sign(hash));
    }

    public static byte[] HashOf(long number, ReadOnlySpan<byte> previousHash, ReadOnlySpan<byte> body)
    {
        Span<byte> message = stackalloc byte[8 + HashBytes + HashBytes];
        BinaryPrimitives.WriteInt64BigEndian(message, number);
        previousHash.CopyTo(message[8..]);
        SHA256.HashData(body, message[(8 + HashBytes)..]);
        return SHA256.HashData(message);
    }
}
