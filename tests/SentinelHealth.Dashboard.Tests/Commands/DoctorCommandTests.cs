using System.Net;
using System.Net.Sockets;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fit_surroundings_are_exit_code_0()
    {
        var run = await ExamineAsync("""{"SentinelHealth":{"Web":{"Urls":["http://127.0.0.1:0"]}}}""");

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Output.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path, ".sentinel-*"));
    }

    [Fact]
    public async Task A_port_in_use_is_a_problem()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var run = await ExamineAsync("""{"SentinelHealth":{"Web":{"Urls":["http://127.0.0.1:PORT"]}}}"""
            .Replace("PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Output.Split('\n'), line => line.StartsWith($"problem  address http://127.0.0.1:{port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_playbook_is_a_problem_with_its_file_and_line()
    {
        Directory.CreateDirectory(_folder.File("playbooks"));
        await File.WriteAllTextAsync(Path.Combine(_folder.File("playbooks"), "bad.yaml"), "name: x\nmode: shout\n");

        var run = await ExamineAsync("""{"SentinelHealth":{"Web":{"Urls":["http://127.0.0.1:0"]},"Playbooks":{"Folder":"FOLDER"}}}"""
            .Replace("FOLDER", _folder.File("playbooks"), StringComparison.Ordinal));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("bad.yaml:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_does_not_answer_is_a_problem()
    {
        var run = await ExamineAsync("""
            {"SentinelHealth":{"Web":{"Urls":["http://127.0.0.1:0"]},"Ledger":{"Kind":"Evm","Evm":{"Endpoint":"http://127.0.0.1:1",
            "DeploymentFile":"missing.json","AutomationAccount":"0x0000000000000000000000000000000000000001","RestorerAccount":"0x0000000000000000000000000000000000000002"}}}}
            """);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Output.Split('\n'), line => line.StartsWith("problem  ledger", StringComparison.Ordinal));
    }

    private async Task<CommandRun> ExamineAsync(string settings)
    {
        await File.WriteAllTextAsync(_folder.File("settings.json"), settings);
        return await CommandRun.OfAsync("doctor", "--config", _folder.File("settings.json"), "--data", _folder.File("data"));
    }
}
