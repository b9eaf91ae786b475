using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>Writes the evidence pack of an incident: a .zip that a stranger can check without us. The format is in docs/evidence.md.</summary>
public static class EvidencePack
{
    private const string Sums = "SHA256SUMS";
    private const string Manifest = "manifest.json";
    private const string Signature = "signature.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly string[] Stages = ["event", "versions", "score", "policy", "approvals", "receipt"];

    /// <summary>The pack's bytes. O(bytes); everything is in memory.</summary>
    public static byte[] Write(EvidencePackPlan plan, IEvidenceSigner signer)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(signer);
        var files = new Dictionary<string, (byte[] Content, string Source, string Method)>(StringComparer.Ordinal);
        foreach (var stage in Stages)
            files[$"{stage}/entries.ndjson"] = (EntriesOf(plan, stage), "evidence log", "leaf, salt, body and inclusion proof");
        files["event/raw.ndjson"] = (Raw(plan, static record => record), "evidence log", "records as received");
        files["event/normalized.ndjson"] = (Raw(plan, Normalized), "evidence log", "RFC 8785 form of each record");
        files["anchor/entries.json"] = (IndexOf(plan), "evidence log", "numbers of all entries by stage");
        files["anchor/head.json"] = (Canonical(plan.Head), "evidence log", "signed tree head");
        files["anchor/anchor.json"] = (AnchorOf(plan), "ledger", "anchored head, receipt and consistency proof");
        files["anchor/keys.json"] = (Canonical(plan.Keys), "evidence log", "public keys, each introduced by one before it");
        foreach (var (name, content) in plan.Reports)
            files["report/" + name] = (content, "case store", "rendered from the evidence");
        files["custody.ndjson"] = (CustodyOf(plan, files.Values.Select(file => file.Content)), "evidence log", "who had the evidence");
        return Seal(plan, files, signer);
    }

    private static byte[] Seal(
        EvidencePackPlan plan, Dictionary<string, (byte[] Content, string Source, string Method)> files, IEvidenceSigner signer)
    {
        var at = Instant(plan.Origin.CollectedAt);
        var manifest = Canonical(new
        {
            format = "sentinel-pack-v1",
            incident = plan.IncidentId,
            program = plan.Origin.Program,
            files = files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new
            {
                path = file.Key,
                size = file.Value.Content.Length,
                sha256 = Hash(file.Value.Content),
                collectedAt = at,
                collector = plan.Origin.Collector,
                source = file.Value.Source,
                method = file.Value.Method,
            }),
        });
        var contents = files.ToDictionary(file => file.Key, file => file.Value.Content, StringComparer.Ordinal);
        contents[Manifest] = manifest;
        var sums = contents.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{Hash(file.Value)}  {file.Key}\n");
        contents[Sums] = Encoding.ASCII.GetBytes(string.Concat(sums));
        contents[Signature] = Canonical(signer.Sign(MessageOf(manifest)));
        return StoredZip.Write(contents);
    }

    /// <summary>What a pack's signature is over: a line that says what it is, then the SHA-256 of its manifest, hex.</summary>
    internal static byte[] MessageOf(byte[] manifest) => Encoding.ASCII.GetBytes("sentinel-pack-v1\n" + Hash(manifest));

    private static byte[] EntriesOf(EvidencePackPlan plan, string stage)
    {
        using var lines = new MemoryStream();
        foreach (var entry in plan.Entries.Where(entry => EvidenceKind.StageOf(entry.Entry.Kind) == stage))
            WriteLine(lines, entry);
        return lines.ToArray();
    }

    /// <summary>One line of canonical JSON. The leaf and the body stand in it byte for byte as they were hashed.</summary>
    private static void WriteLine(MemoryStream lines, PackedEntry entry)
    {
        lines.Write("{\"body\":"u8);
        lines.Write(entry.Opened is { } opened ? opened.Body.Span : "null"u8);
        lines.Write(",\"leaf\":"u8);
        lines.Write(entry.Leaf.Span);
        lines.Write(",\"path\":"u8);
        lines.Write(Canonical(entry.Path.Select(hash => Convert.ToHexStringLower(hash))));
        lines.Write(",\"salt\":"u8);
        lines.Write(Canonical(entry.Opened is { } salted ? Convert.ToHexStringLower(salted.Salt.Span) : null));
        lines.Write("}\n"u8);
    }

    private static byte[] Raw(EvidencePackPlan plan, Func<string, string> form)
    {
        using var lines = new MemoryStream();
        foreach (var entry in plan.Entries.Where(entry => entry.Entry.Kind == EvidenceKind.Event))
        {
            if (entry.Opened is not { } opened)
                continue;
            using var body = JsonDocument.Parse(opened.Body);
            var record = body.RootElement.GetProperty("record").GetString()!;
            // A record with line breaks between its tokens would be several lines; those have no meaning in JSON.
            lines.Write(Encoding.UTF8.GetBytes(form(record).ReplaceLineEndings(" ")));
            lines.WriteByte((byte)'\n');
        }
        return lines.ToArray();
    }

    private static string Normalized(string record)
    {
        using var document = JsonDocument.Parse(record);
        return Encoding.UTF8.GetString(CanonicalJson.Of(document.RootElement));
    }

    private static byte[] IndexOf(EvidencePackPlan plan) => Canonical(
        Stages.ToDictionary(
            stage => stage,
            stage => plan.Entries.Select(entry => entry.Entry).Where(entry => EvidenceKind.StageOf(entry.Kind) == stage)
                .Select(entry => entry.Number)));

    private static byte[] AnchorOf(EvidencePackPlan plan) => Canonical(new
    {
        state = plan.Anchored is null ? "pending" : "anchored",
        anchored = plan.Anchored,
        consistency = plan.Consistency.Select(hash => Convert.ToHexStringLower(hash)),
    });

    /// <summary>Each step names the hash before it and its own, so that none can be taken out or put in.</summary>
    private static byte[] CustodyOf(EvidencePackPlan plan, IEnumerable<byte[]> contents)
    {
        var steps = plan.Custody.Append(new CustodyStep(
            plan.Origin.CollectedAt, plan.Origin.Collector, "exported", plan.Origin.Reason));
        var from = Hash(Encoding.ASCII.GetBytes(string.Concat(contents.Select(Hash).Order(StringComparer.Ordinal))));
        using var lines = new MemoryStream();
        foreach (var step in steps)
        {
            var ts = Instant(step.At);
            var to = Hash(Canonical(new { ts, actor = step.Actor, action = step.Action, reason = step.Reason, fromHash = from }));
            lines.Write(Canonical(new
            {
                ts,
                actor = step.Actor,
                action = step.Action,
                reason = step.Reason,
                fromHash = from,
                toHash = to,
            }));
            lines.WriteByte((byte)'\n');
            from = to;
        }
        return lines.ToArray();
    }

    private static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString(EvidenceEntry.InstantFormat, CultureInfo.InvariantCulture);

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Canonical<T>(T value) => CanonicalJson.Of(value, Json);
}
