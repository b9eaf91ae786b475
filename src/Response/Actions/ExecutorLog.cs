using Microsoft.Extensions.Logging;

namespace SentinelHealth.Response.Actions;

/// <summary>What the executor and people's orders say in the log.</summary>
internal static partial class ExecutorLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Action {Key} ({Kind} of {Target}) is now {State}: {Detail}")]
    public static partial void ActionChanged(
        this ILogger logger, string key, ActionKind kind, string target, ActionState state, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Guardrail {Guardrail} refused action {Key} ({Kind} of {Target}): {Detail}")]
    public static partial void GuardrailRefused(
        this ILogger logger, string guardrail, string key, ActionKind kind, string target, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger cannot be read; action {Key} waits until {DueAt}. {Reason}")]
    public static partial void LedgerUnreadable(this ILogger logger, string key, DateTimeOffset dueAt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The executor failed and tries again in {Wait}.")]
    public static partial void ExecutorFailed(this ILogger logger, TimeSpan wait, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The kill switch was turned {Position} by {OrderedBy}.")]
    public static partial void KillSwitchTurned(this ILogger logger, KillSwitch position, string orderedBy);
}
