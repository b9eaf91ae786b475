using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class BaselineCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Sites_share_habits_and_a_removed_one_leaves_what_was_there_before()
    {
        await ContributeAsync("site-a", 1);
        await ContributeAsync("site-b", 2);
        var data = _folder.File("mine");

        await MergeAsync("site-a", data);
        var before = await ShowAsync(data);
        await MergeAsync("site-b", data);
        Assert.Equal(["site-a", "site-b"], SitesOf(await ShowAsync(data)));
        Assert.Equal(0, (await RunAsync("baseline", "remove", "site-b", "--data", data)).ExitCode);

        Assert.Equal(before, await ShowAsync(data));
    }

    [Fact]
    public async Task What_is_forged_unknown_or_no_later_round_is_not_let_in()
    {
        await ContributeAsync("site-a", 1);
        await ContributeAsync("site-b", 2);
        var data = _folder.File("mine");
        var unknown = await RunAsync("baseline", "merge", _folder.File("site-a.out"), "--without-ledger", "--data", data);
        Assert.Contains("not known yet", unknown.Error, StringComparison.Ordinal);
        var unasked = await RunAsync("baseline", "merge", _folder.File("site-a.out"), "--trust", Key("site-a"), "--data", data);
        Assert.Contains("--ledger or --without-ledger", unasked.Error, StringComparison.Ordinal);

        var forged = await RunAsync(
            "baseline", "merge", _folder.File("site-a.out"), "--trust", Key("site-b"), "--without-ledger", "--data", data);
        Assert.Equal(1, forged.ExitCode);
        Assert.Contains("not signed with the key", forged.Error, StringComparison.Ordinal);

        await MergeAsync("site-a", data);
        var again = await RunAsync("baseline", "merge", _folder.File("site-a.out"), "--without-ledger", "--data", data);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("round 1 is no later one", again.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("baseline", "remove", "../site-a", "--data", data)).ExitCode);
    }

    [Fact]
    public async Task The_account_is_charged_for_every_export_and_ends_them()
    {
        var events = await SimulateAsync(1);
        var data = _folder.File("mine");
        MakeKey("me");
        for (var round = 1; round <= 2; round++)
        {
            var run = await RunAsync(
                "baseline", "export", "--input", events, "--site", "me", "--key", _folder.File("me.key"), "--out", _folder.File("me.out"),
                "--epsilon", "7", "--data", data);
            Assert.Equal(round == 1 ? 0 : 1, run.ExitCode);
        }

        using var shown = JsonDocument.Parse(await ShowAsync(data));
        Assert.Equal(7, shown.RootElement.GetProperty("published").GetProperty("epsilonSpent").GetDouble(), 1e-9);

        await File.WriteAllTextAsync(_folder.File("mine/baselines/privacy-account.json"), "{", TestContext.Current.CancellationToken);
        var broken = await RunAsync(
            "baseline", "export", "--input", events, "--site", "me", "--key", _folder.File("me.key"), "--out", _folder.File("me.out"),
            "--data", data);
        Assert.Contains("nothing can be published", broken.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string?> SitesOf(string shown)
    {
        using var document = JsonDocument.Parse(shown);
        return [.. document.RootElement.GetProperty("sites").EnumerateArray().Select(site => site.GetProperty("site").GetString())];
    }

    private string Key(string site) => _folder.File(site + ".pub");

    private async Task ContributeAsync(string site, int seed)
    {
        MakeKey(site);
        var run = await RunAsync(
            "baseline", "export", "--input", await SimulateAsync(seed), "--site", site, "--key", _folder.File(site + ".key"),
            "--out", _folder.File(site + ".out"), "--epsilon", "9", "--data", _folder.File(site));
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private async Task MergeAsync(string site, string data)
    {
        var run = await RunAsync(
            "baseline", "merge", _folder.File(site + ".out"), "--trust", Key(site), "--without-ledger", "--data", data);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private static async Task<string> ShowAsync(string data) => (await RunAsync("baseline", "show", "--data", data)).Output;

    private async Task<string> SimulateAsync(int seed)
    {
        var path = _folder.File($"events-{seed}");
        var run = await RunAsync(
            "simulate", "--seed", $"{seed}", "--days", "1", "--events-per-day", "6000", "--attacks", "none", "--out", path, "--labels", path + ".labels");
        Assert.True(run.ExitCode == 0, run.Error);
        return path;
    }

    private void MakeKey(string site)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_folder.File(site + ".key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Key(site), key.ExportSubjectPublicKeyInfoPem());
    }

    private static Task<CommandRun> RunAsync(params string[] args) => CommandRun.OfAsync(args);
}
