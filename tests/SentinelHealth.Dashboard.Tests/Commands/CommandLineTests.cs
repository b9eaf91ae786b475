using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("frobnicate")]
    [InlineData("config")]
    [InlineData("config", "check", "--nonsense")]
    [InlineData("config", "check", "--config", "missing.json")]
    [InlineData("demo", "--urls", "http://0.0.0.0:5080")]
    [InlineData("demo", "--speed", "0")]
    [InlineData("demo", "--urls", "")]
    [InlineData("serve", "--roles", "ingest,king")]
    [InlineData("serve", "--roles", "ingest")]
    [InlineData("serve", "--config", "missing.json")]
    [InlineData("ledger", "deploy", "--endpoint", "ftp://127.0.0.1", "--out", "x")]
    [InlineData("token", "create", "--role", "king", "--name", "x")]
    [InlineData("token", "create", "--role", "viewer")]
    [InlineData("token", "create", "--role", "viewer", "--name", "")]
    public async Task Wrong_usage_is_one_line_on_standard_error_and_exit_code_2(params string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("sentinel: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_printed_once_and_kept_only_as_a_hash()
    {
        using var folder = new TemporaryFolder();

        var run = await CommandRun.OfAsync("token", "create", "--role", "ingest", "--name", "gateway", "--data", folder.Path);

        var secret = run.Output.Trim();
        using var store = new IdentityStore(folder.Path);
        var token = new ApiTokens(store, TimeProvider.System).Find(secret);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(("gateway", "ingest"), (token?.Name, token?.Role));
        Assert.All(Directory.GetFiles(folder.Path), file => Assert.DoesNotContain(secret, Text(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Accounts_and_tokens_are_readable_by_their_owner_alone()
    {
        using var folder = new TemporaryFolder();
        await CommandRun.OfAsync("token", "create", "--role", "viewer", "--name", "x", "--data", folder.File("data"));

        Assert.Equal("rwx------", Mode(folder.File("data")));
        Assert.Equal("rw-------", Mode(Path.Combine(folder.File("data"), IdentityStore.FileName)));
    }

    private static string Text(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private static string Mode(string path)
    {
#pragma warning disable CA1416 // Elsewhere the folder's inherited permissions hold; this test is for systems with modes.
        var mode = File.GetUnixFileMode(path);
#pragma warning restore CA1416
        return string.Concat(Enumerable.Range(0, 9).Select(bit =>
            mode.HasFlag((UnixFileMode)(1 << (8 - bit))) ? "rwx"[bit % 3] : '-'));
    }
}
