using SentinelHealth.Dashboard.Content;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Tests.Commands;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Content;

public sealed class SignedContentTests : IDisposable
{
    private const string Rule = "title: A payment\nname: payment\nstatus: test\nlevel: low\nauthor: A\nlicense: DRL 1.1\nlogsource: {product: sentinelhealth, category: ledger_tx}\ndetection: {s: {method: pay}, condition: s}\n";

    private readonly TemporaryFolder _content = new(), _keys = new(), _data = new();
    private readonly FileSigner _signer;

    public SignedContentTests()
    {
        File.WriteAllText(_content.File("a.yml"), Rule);
        Directory.CreateDirectory(_content.File("more"));
        File.WriteAllText(_content.File("more/b.yml"), Rule.Replace("payment", "refund", StringComparison.Ordinal));
        _signer = FileSigner.Open(_keys.Path, SigningAlgorithm.EcdsaP256);
        SignedContent.Sign(_content.Path, "rules", 1, _signer);
    }

    private ContentSection Strict => new() { RequireSigned = true, TrustedKeys = [_signer.Keys[0].Id] };

    public void Dispose()
    {
        _content.Dispose();
        _keys.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void What_is_as_it_was_signed_is_let_in() =>
        Assert.Null(new ContentGuard(Strict, null).Objection(_content.Path, "rules"));

    [Theory]
    [InlineData("change")]
    [InlineData("add")]
    [InlineData("remove")]
    [InlineData("manifest")]
    [InlineData("unsigned")]
    [InlineData("signature")]
    public void What_was_changed_after_signing_is_refused(string how)
    {
        switch (how)
        {
            case "change": File.AppendAllText(_content.File("more/b.yml"), "# \n"); break;
            case "add": File.WriteAllText(_content.File("c.yml"), Rule); break;
            case "remove": File.Delete(_content.File("a.yml")); break;
            case "manifest": Replace(SignedContent.ManifestFile, "\"version\":1", "\"version\":2"); break;
            case "unsigned": File.Delete(_content.File(SignedContent.SignatureFile)); break;
            default: Replace(SignedContent.SignatureFile, "\"value\":\"", "\"value\":\"AAAA"); break;
        }

        Assert.NotNull(new ContentGuard(Strict, null).Objection(_content.Path, "rules"));
    }

    [Fact]
    public void Another_key_and_another_kind_are_refused()
    {
        var stranger = new ContentSection { RequireSigned = true, TrustedKeys = [new string('0', 32)] };

        Assert.Contains("not trusted", new ContentGuard(stranger, null).Objection(_content.Path, "rules"), StringComparison.Ordinal);
        Assert.Contains("not as playbooks", new ContentGuard(Strict, null).Objection(_content.Path, "playbooks"),
            StringComparison.Ordinal);
        Assert.Null(new ContentGuard(new ContentSection(), null).Objection(_content.Path, "playbooks"));
    }

    [Fact]
    public async Task An_older_bundle_is_refused_once_the_ledger_knows_a_newer_one()
    {
        using var ledger = EmbeddedLedger.Open(_data.Path, new EmbeddedLedgerRules(), new ManualClock());
        var guard = new ContentGuard(Strict, ledger);
        var cancel = TestContext.Current.CancellationToken;

        Assert.Null(await guard.AdmitAsync(_content.Path, "rules", cancel));
        Assert.Null(await guard.AdmitAsync(_content.Path, "rules", cancel));
        File.AppendAllText(_content.File("a.yml"), "# changed\n");
        SignedContent.Sign(_content.Path, "rules", 1, _signer);
        var same = await guard.AdmitAsync(_content.Path, "rules", cancel);
        SignedContent.Sign(_content.Path, "rules", 2, _signer);
        Assert.Null(await guard.AdmitAsync(_content.Path, "rules", cancel));
        SignedContent.Sign(_content.Path, "rules", 1, _signer);
        var older = await guard.AdmitAsync(_content.Path, "rules", cancel);

        Assert.Contains("another version 1", same, StringComparison.Ordinal);
        Assert.Contains("older than version 2", older, StringComparison.Ordinal);
    }

    [Fact]
    public void A_running_monitor_goes_on_with_the_rules_it_has_when_unsigned_ones_come()
    {
        var guard = new ContentGuard(Strict, null);
        var shelf = RuleShelf.Open(_content.Path, new RuleStageStore(_data.Path), new ManualClock(), guard);
        File.WriteAllText(_content.File("a.yml"), Rule.Replace("low", "critical", StringComparison.Ordinal));

        var refused = shelf.Refresh();
        Assert.Null(shelf.Refresh());
        SignedContent.Sign(_content.Path, "rules", 2, _signer);
        var accepted = shelf.Refresh();

        Assert.Contains("not what was signed", Assert.Single(refused!.Problems).Reason, StringComparison.Ordinal);
        Assert.Equal(Detection.Alerts.Severity.Low,
            refused.Rules.Rules.First(rule => rule.Name == "sigma.payment").Definition.Severity);
        Assert.Empty(accepted!.Problems);
        Assert.Equal(Detection.Alerts.Severity.Critical,
            accepted.Rules.Rules.First(rule => rule.Name == "sigma.payment").Definition.Severity);
    }

    [Fact]
    public async Task The_commands_sign_and_check()
    {
        var sign = await CommandRun.OfAsync("content", "sign", "--folder", _content.Path, "--kind", "rules",
            "--content-version", "3", "--keys", _keys.Path);
        var good = await CommandRun.OfAsync("content", "check", "--folder", _content.Path, "--kind", "rules", "--trust",
            _signer.Keys[0].Id);
        var bad = await CommandRun.OfAsync("content", "check", "--folder", _content.Path, "--kind", "rules", "--trust",
            new string('0', 32));

        Assert.Contains(_signer.Keys[0].Id, sign.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0, 1), (sign.ExitCode, good.ExitCode, bad.ExitCode));
    }

    private void Replace(string file, string old, string with) => File.WriteAllText(
        _content.File(file), File.ReadAllText(_content.File(file)).Replace(old, with, StringComparison.Ordinal));
}
