namespace SentinelHealth.Dashboard.Commands;

/// <summary>What a command may touch of its surroundings, so that a test can run it in-process.</summary>
internal sealed record CommandSurroundings
{
    /// <summary>Opens standard input, for <c>-</c>.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Opens standard output, for <c>-</c>.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Text for people, or the command's answer.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Complaints.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person watches standard error: only then are progress bars drawn.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>The wall clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The user of the machine who gives the order.</summary>
    public string User { get; init; } = Environment.UserName;

    /// <summary>The process's own.</summary>
    public static CommandSurroundings OfProcess() => new()
    {
        OpenInput = Console.OpenStandardInput,
        OpenOutput = Console.OpenStandardOutput,
        Output = Console.Out,
        Error = Console.Error,
        IsTerminal = !Console.IsErrorRedirected && !Console.IsOutputRedirected,
    };
}
