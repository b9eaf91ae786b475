using System.Text;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Reports;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Storage;

public sealed class ObservedIndexTests : IDisposable
{
    private static readonly DateTimeOffset At = SomeCase.At;

    private readonly TemporaryFolder _folder = new();
    private readonly ObservedIndex _index;

    public ObservedIndexTests() => _index = new ObservedIndex(_folder.File(ObservedIndex.FileName), new ManualClock(At));

    public void Dispose()
    {
        _index.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("HRESCH", "success", 1)]
    [InlineData("PUBHLTH", "success", 1)]
    [InlineData("", "success", 1)]
    [InlineData("TREAT", "success", 0)]
    [InlineData("ETREAT", "success", 0)]
    [InlineData("HPAYMT", "success", 0)]
    [InlineData("HOPERAT", "success", 0)]
    [InlineData("PATRQT", "success", 0)]
    [InlineData("HRESCH", "reverted", 0)]
    public void Disclosures_are_accounted_for_unless_the_law_frees_them(string purpose, string status, int expected)
    {
        _index.Add([Entry(0, Access("e-1", purpose, status))]);

        Assert.Equal(expected, Found("patient:p1").Count);
    }

    [Fact]
    public void Entries_that_come_again_after_a_crash_are_not_counted_twice()
    {
        var entries = new[] { Entry(0, Access("e-1", "HRESCH")), Entry(1, Rotation("e-2", "secp256k1")) };

        _index.Add(entries);
        _index.Add(entries);
        _index.Add([Entry(2, Rotation("e-3", "secp256k1"))]);

        Assert.Single(Found("patient:p1"));
        var seen = Assert.Single(_index.Algorithms());
        Assert.Equal(("Keys of decentralized identities", "secp256k1", 2, "e-2"),
            (seen.Where, seen.Algorithm, seen.Count, seen.Example));
    }

    [Fact]
    public void An_accounting_holds_what_was_known_when_it_was_made()
    {
        _index.Add([Entry(0, Access("e-1", "HRESCH"))]);
        var below = _index.NextDisclosure;

        _index.Add([Entry(1, Access("e-2", "HRESCH"))]);

        Assert.Equal(["e-1"], Found("patient:p1", below).Select(item => item.EventId));
        Assert.Equal(["e-1", "e-2"], Found("patient:p1").Select(item => item.EventId));
    }

    [Fact]
    public void Algorithms_are_found_in_DID_documents_too_and_judged()
    {
        _index.Add([Entry(0, """
            {"schema":"sentinel.ledger-transaction.v1","id":"e-9","time":"2026-11-02T08:00:00Z","node":"n","actor":"a","contract":"IdentityRegistry",
             "method":"createDid","status":"success","args":{"type":"not this","document":{"verificationMethod":[{"type":"RsaVerificationKey2018",
             "publicKeyJwk":{"kty":"EC","crv":"P-192"}}],"service":[{"type":"nor this"}]},"proofType":"WoodenSeal"}}
            """)]);

        var findings = ControlFolder.Algorithms(ControlFolder.Shipped).Judge(_index.Algorithms());

        Assert.Equal(
            [("P-192", AlgorithmStanding.Weak), ("WoodenSeal", AlgorithmStanding.Unlisted),
                ("RsaVerificationKey2018", AlgorithmStanding.Classical)],
            findings.Select(finding => (finding.Seen.Algorithm, finding.Standing)));
    }

    [Theory]
    [InlineData("MD5", AlgorithmStanding.Weak)]
    [InlineData("SHA1", AlgorithmStanding.Weak)]
    [InlineData("secp256k1", AlgorithmStanding.Classical)]
    [InlineData("ML_DSA_65", AlgorithmStanding.QuantumResistant)]
    [InlineData("x25519mlkem768", AlgorithmStanding.Hybrid)]
    [InlineData("Tls11", AlgorithmStanding.Weak)]
    [InlineData("Rot13", AlgorithmStanding.Unlisted)]
    public void Names_are_judged_whatever_case_and_hyphens_they_have(string name, AlgorithmStanding expected)
    {
        var finding = Assert.Single(ControlFolder.Algorithms(ControlFolder.Shipped)
            .Judge([new AlgorithmSeen("Credentials", name, 1, At, At, "e-1")]));

        Assert.Equal(expected, finding.Standing);
    }

    [Fact]
    public void Erasing_a_person_reaches_disclosures_on_disk()
    {
        _index.Add([Entry(0, Access("e-1", "HRESCH")),
            Entry(1, Access("e-2", "HRESCH").Replace("patient:p1", "patient:p2", StringComparison.Ordinal))]);

        SubjectFiles.Erase(_folder.Path, "patient:p1", long.MaxValue);

        Assert.Empty(Found("patient:p1"));
        Assert.Single(Found("patient:p2"));
        _index.Dispose();
        foreach (var file in Directory.EnumerateFiles(_folder.Path, ObservedIndex.FileName + "*"))
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf("patient:p1"u8) < 0, file);
    }

    private IReadOnlyList<Disclosure> Found(string subject, long below = long.MaxValue) =>
        _index.Disclosures(new ReportScope(At.AddDays(-1), At.AddDays(1), subject, below)).Found;

    private static LogEntry Entry(long offset, string payload) => new(0, offset, "test", At, Encoding.UTF8.GetBytes(payload));

    private static string Access(string id, string purpose, string status = "success") => $$"""
        {"schema":"sentinel.ledger-transaction.v1","id":"{{id}}","time":"2026-11-02T08:00:00Z","node":"n","actor":"did:ethr:0x1","actorRole":"researcher",
         "contract":"AccessRegistry","method":"recordAccess","status":"{{status}}","subject":"patient:p1","purpose":"{{purpose}}","args":{"scope":["imaging"]} }
        """;

    private static string Rotation(string id, string algorithm) => $$"""
        {"schema":"sentinel.ledger-transaction.v1","id":"{{id}}","time":"2026-11-02T08:00:00Z","node":"n","actor":"did:ethr:0x1",
         "contract":"IdentityRegistry","method":"rotateKey","status":"success","args":{"did":"d","keyId":"k","algorithm":"{{algorithm}}"} }
        """;
}
