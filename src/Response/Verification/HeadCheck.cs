using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Response.Verification;

/// <summary>The root that entries are proven in: signed by the log's keys, and the log of which is anchored on a ledger.</summary>
internal sealed class HeadCheck(
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, List<PackProblem> problems, PackTrust trust)
{
    public KeyRing? Keys { get; private set; }

    public byte[]? Root { get; private set; }

    public long Size { get; private set; }

    /// <summary>Entries that are anchored; null when the anchor could not be read.</summary>
    public long? AnchoredSize { get; private set; }

    public string Anchor { get; private set; } = "";

    public string LedgerKey { get; private set; } = "";

    public void Run()
    {
        Try(() => Keys = new KeyRing(StrictJson.Read(File("anchor/keys.json")).Items ?? []));
        Try(CheckHead);
        Try(CheckAnchor);
        if (trust.LogKey is { } expected && Keys is { } keys && keys.First != expected)
            Wrong("The log's first key is not the one that is trusted.");
        if (trust.LedgerKey is { } ledger && LedgerKey != ledger)
            Wrong("The ledger's key is not the one that is trusted.");
    }

    private void CheckHead()
    {
        var signed = StrictJson.Read(File("anchor/head.json"));
        var head = signed.Member("head");
        if (!IsSigned(signed))
            Wrong("The head of the log is not signed by its keys.");
        (Size, Root) = (head.NumberOf("size"), head.HexOf("root"));
    }

    private bool IsSigned(StrictValue signed)
    {
        var head = signed.Member("head");
        // The JSON form of an instant may be shorter than the signed one, which always has seven digits.
        if (!DateTimeOffset.TryParse(head.TextOf("at"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at))
            return false;
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"sentinel-tree-head-v1\n{{\"at\":\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}\",\"log\":\"{head.TextOf("log")}\",\"root\":\"{head.TextOf("root")}\",\"size\":{head.NumberOf("size")}}}");
        return Keys is { } keys && keys.First == head.TextOf("log") && keys.Verify(signed.Member("signature"), Encoding.UTF8.GetBytes(message));
    }

    private void CheckAnchor()
    {
        var anchor = StrictJson.Read(File("anchor/anchor.json"));
        if (anchor.Find("anchored") is not { } anchored)
        {
            AnchoredSize = 0;
            if (anchor.TextOf("state") != "pending")
                Wrong("The anchor is missing.");
            return;
        }
        var receipt = anchored.Member("receipt");
        var claim = receipt.Member("anchor");
        var (size, root) = (claim.NumberOf("size"), claim.HexOf("root"));
        if (anchor.TextOf("state") != "anchored" || !IsSigned(anchored.Member("head"))
            || anchored.Member("head").Member("head").NumberOf("size") != size
            || anchored.Member("head").Member("head").TextOf("root") != claim.TextOf("root"))
            Wrong("The anchored head is not the one that was signed.");
        if (Keys is { } keys && claim.TextOf("log") != "0x" + Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes("sentinel-log-v1\n" + keys.First))))
            Wrong("The anchor is of another log.");
        var proof = anchor.ItemsOf("consistency").Select(item => StrictValue.Hex(item.Text ?? "")).ToList();
        if (Root is { } newest && !TreeCheck.IsBeginning((size, root), (Size, newest), proof))
            Wrong("The anchored log is not the beginning of the one that entries are proven in.");
        CheckReceipt(receipt, claim);
        AnchoredSize = size;
    }

    /// <summary>A block of the embedded ledger is checked by itself. Of another ledger the receipt names what to look up there.</summary>
    private void CheckReceipt(StrictValue anchorReceipt, StrictValue claim)
    {
        var receipt = anchorReceipt.Member("receipt");
        Anchor = $"block {receipt.NumberOf("block")} {receipt.TextOf("blockHash")}, transaction {receipt.TextOf("transactionId")}";
        if (anchorReceipt.Find("block") is not { } block)
            return;
        var (body, key) = (block.Base64Of("body"), block.Base64Of("publicKey"));
        LedgerKey = Convert.ToHexStringLower(SHA256.HashData(key));
        var hash = BlockHash(receipt.NumberOf("block"), block.Base64Of("previousHash"), body);
        if (!SaysSo(body, claim, receipt.TextOf("at"))
            || receipt.TextOf("blockHash") != "0x" + Convert.ToHexStringLower(hash)
            || receipt.TextOf("transactionId") != "0x" + Convert.ToHexStringLower(SHA256.HashData(body))
            || !IsSignedBlock(key, hash, block.Base64Of("signature")))
            Wrong("The ledger's block is not the one the receipt is of.");
    }

    /// <summary>The block's own JSON is not canonical; its bytes are signed, so reading it loosely lets nothing pass.</summary>
    private static bool SaysSo(byte[] body, StrictValue claim, string at)
    {
        try
        {
            using var entry = JsonDocument.Parse(body);
            var anchor = entry.RootElement.GetProperty("anchor");
            return anchor.GetProperty("log").GetString() == claim.TextOf("log")
                && anchor.GetProperty("size").GetInt64() == claim.NumberOf("size")
                && anchor.GetProperty("root").GetString() == claim.TextOf("root")
                && entry.RootElement.GetProperty("at").GetString() == at;
        }
        catch (Exception fault) when (
            fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Not an anchor's block at all.
            return false;
        }
    }

    private static bool IsSignedBlock(byte[] publicKey, byte[] hash, byte[] signature)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyHash(hash, signature);
        }
        catch (Exception fault) when (fault is CryptographicException or PlatformNotSupportedException or ArgumentException)
        {
            // Bytes that are no key or no signature prove nothing.
            return false;
        }
    }

    private static byte[] BlockHash(long number, byte[] previous, byte[] body)
    {
        var start = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(start, number);
        return SHA256.HashData([.. start, .. previous, .. SHA256.HashData(body)]);
    }

    private ReadOnlyMemory<byte> File(string name) =>
        files.TryGetValue(name, out var content) ? content : throw new VerificationException($"{name} is missing.");

    private void Wrong(string detail) => problems.Add(new("anchor", detail));

    private void Try(Action check)
    {
        try
        {
            check();
        }
        catch (VerificationException fault)
        {
            Wrong(fault.Message);
        }
    }
}
