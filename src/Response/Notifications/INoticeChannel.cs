using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Notifications;

/// <summary>A way to tell people outside. Its address and secrets come from the settings alone, never from an event.</summary>
public interface INoticeChannel
{
    /// <summary>The name playbooks use.</summary>
    string Name { get; }

    /// <summary>Delivers once. The receiver may get a notice again after a fault; its identifier tells.</summary>
    /// <exception cref="NoticeRefusedException">Trying again is no use.</exception>
    Task SendAsync(PlannedNotice notice, CancellationToken cancel);
}

/// <summary>The receiver said no for good.</summary>
public sealed class NoticeRefusedException : Exception
{
    /// <inheritdoc/>
    public NoticeRefusedException() { }

    /// <inheritdoc/>
    public NoticeRefusedException(string message) : base(message) { }

    /// <inheritdoc/>
    public NoticeRefusedException(string message, Exception inner) : base(message, inner) { }
}
