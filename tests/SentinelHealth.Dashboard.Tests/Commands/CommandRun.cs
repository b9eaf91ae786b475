using SentinelHealth.Dashboard.Commands;

namespace SentinelHealth.Dashboard.Tests.Commands;

/// <summary>What one run of the command line left behind.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static async Task<CommandRun> OfAsync(byte[] input, params string[] args)
    {
        using var bytesOut = new MemoryStream();
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var surroundings = new CommandSurroundings
        {
            OpenInput = () => new MemoryStream(input),
            OpenOutput = () => bytesOut,
            Output = output,
            Error = error,
            IsTerminal = false,
        };
        var code = await SentinelCommandLine.RunAsync(args, surroundings);
        return new CommandRun(code, output + System.Text.Encoding.UTF8.GetString(bytesOut.ToArray()), error.ToString());
    }

    public static Task<CommandRun> OfAsync(params string[] args) => OfAsync([], args);
}
