namespace SentinelHealth.Dashboard.Access;

internal static partial class AccessLog
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "Emergency access of {Subject} to {Patient}, asked by {AskedBy}, was permitted and could not be recorded.")]
    public static partial void EmergencyNotRecorded(this ILogger logger, string subject, string patient, string askedBy);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} answers about accesses could not be stored yet; they are tried again.")]
    public static partial void AnswersNotStored(this ILogger logger, int count, Exception fault);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Count} answers about accesses were given and could not be stored before the stop.")]
    public static partial void AnswersLost(this ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Containments could not be read; accesses are judged by those of before.")]
    public static partial void ContainmentsNotRead(this ILogger logger, Exception fault);
}
