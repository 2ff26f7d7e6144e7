namespace Connectors.Grok.Conversations;

/// <summary>How <see cref="GrokSemanticKernelExtensions.ForSemanticKernel"/> keeps state.</summary>
/// <remarks>Read once, when the client is made.</remarks>
public sealed class SemanticKernelStateOptions
{
    /// <summary>Whether only what is new goes out while the service has the rest; off, everything always does, with the reasoning put back.</summary>
    /// <value>Default true.</value>
    public bool SendOnlyNew { get; set; } = true;

    /// <summary>Whether sealed reasoning is stamped on answers, so that it goes back when everything is sent. Blobs take some kilobytes each, in the history and in what is made of it.</summary>
    /// <value>Default true. Reasoning comes sealed where nothing is stored, or where <c>GrokChatClientOptions.EncryptedReasoning</c> asks for it.</value>
    public bool KeepReasoning { get; set; } = true;

    /// <summary>How many answers are remembered in this process, by a hash of what was said, for histories that lose the stamps: a streamed agent's.</summary>
    /// <value>Default 10,000, some 2 MB. 0 for none.</value>
    public int RememberedAnswers { get; set; } = 10_000;

    /// <summary>How long the service keeps a response, after which everything is sent without asking it first.</summary>
    /// <value>Default 30 days, xAI's.</value>
    public TimeSpan ServerRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The clock.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal SemanticKernelStateOptions Checked()
    {
        Check(TimeProvider is not null, nameof(TimeProvider), "must be a clock");
        Check(ServerRetention > TimeSpan.Zero, nameof(ServerRetention), "must be longer than zero");
        Check(RememberedAnswers >= 0, nameof(RememberedAnswers), "must not be negative");
        return (SemanticKernelStateOptions)MemberwiseClone();

        static void Check(bool isRight, string setting, string rule)
        {
            if (!isRight)
            {
                throw new ArgumentException($"{nameof(SemanticKernelStateOptions)}.{setting} {rule}.", setting);
            }
        }
    }
}
