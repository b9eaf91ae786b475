using System.Diagnostics;
using SentinelHealth.Testing;

namespace SentinelHealth.Contracts.Tests;

public sealed class ArtifactTests
{
    [Fact]
    public async Task The_checked_in_artifacts_are_what_the_source_compiles_to()
    {
        using var folder = new TemporaryFolder();
        var contracts = Path.Combine(AnvilNode.RepositoryRoot(), "contracts");
        var compiled = folder.File("artifacts");

        await CompileAsync(contracts, compiled);

        var expected = Directory.GetFiles(Path.Combine(contracts, "artifacts")).Select(Path.GetFileName).Order().ToArray();
        Assert.Equal(expected, Directory.GetFiles(compiled).Select(Path.GetFileName).Order());
        Assert.NotEmpty(expected);
        foreach (var name in expected)
        {
            Assert.Equal(
                await File.ReadAllTextAsync(Path.Combine(compiled, name!), TestContext.Current.CancellationToken),
                await File.ReadAllTextAsync(Path.Combine(contracts, "artifacts", name!), TestContext.Current.CancellationToken));
        }
    }

    private static async Task CompileAsync(string contracts, string output)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(contracts, "build.mjs"), output]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var complaints = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"The contracts did not compile (npm ci --prefix contracts?): {complaints}");
    }
}
