namespace SentinelHealth.Dashboard.Jobs;

/// <summary>What watching the rules' folder says.</summary>
internal static partial class RuleWatchJobLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} rules of {Folder} are in use from the next event on.")]
    public static partial void RulesTaken(this ILogger logger, int count, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "The rules in {Folder} have changed and cannot be used; the old ones stay. {Count} problems, the first: {Problem}")]
    public static partial void RulesKept(this ILogger logger, string folder, int count, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The rules in {Folder} could not be compiled; the old ones stay.")]
    public static partial void RulesNotRead(this ILogger logger, string folder, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The file system does not tell of changes in {Folder}; they are looked for every few seconds.")]
    public static partial void RulesUnwatched(this ILogger logger, string folder, Exception fault);
}
