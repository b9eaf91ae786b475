namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>The latest word to one person about what they ordered, shown on every page until dismissed.</summary>
public sealed class Notices
{
    /// <summary>The word; empty when there is none.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Raised on the thread of whoever said it; components go through InvokeAsync.</summary>
    public event Action? Changed;

    /// <summary>Says something, replacing what was said before. An empty text dismisses it.</summary>
    public void Say(string text)
    {
        Text = text;
        Changed?.Invoke();
    }
}
