using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Conversations;

/// <summary>Options of <see cref="GrokHistoryTrackingExtensions.AsHistoryTrackingClient"/>.</summary>
/// <remarks>Read once, when the client is created.</remarks>
public sealed class HistoryTrackingOptions
{
    /// <summary>Whether only the new messages are sent while the service stores the rest. When false, every call sends the whole history, with the encrypted reasoning restored.</summary>
    /// <value>Default true.</value>
    public bool SendOnlyNew { get; set; } = true;

    /// <summary>Whether answers carry their encrypted reasoning as text, so that it is sent back when the whole history is sent. Each blob takes some kilobytes of the history and of its copies.</summary>
    /// <value>Default true. Reasoning is encrypted when nothing is stored, or when <c>GrokChatClientOptions.EncryptedReasoning</c> requests it.</value>
    public bool KeepReasoning { get; set; } = true;

    /// <summary>The number of answers remembered in this process by a hash of the history, for hosts that keep only the text of an answer.</summary>
    /// <value>Default 10,000, about 2 MB. 0 remembers none.</value>
    public int RememberedAnswers { get; set; } = 10_000;

    /// <summary>
    /// A secret of the application, the same in all its processes, that signs the stamps on answers. With it, a history that another process
    /// saved is continued by id; a stamp that was changed, or that comes from elsewhere, is not believed.
    /// </summary>
    /// <value>
    /// Default null: only answers that this process remembers are continued by id, and a history from elsewhere is sent as a whole once. At
    /// least 16 bytes. Answers that were signed with another key are not believed.
    /// </value>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public byte[]? HistoryKey { get; set; }

    /// <summary>How long the service keeps a response. After that the whole history is sent without trying the response id first.</summary>
    /// <value>Null, the default: as the host of the client documents, 30 days at xAI's; where a host's administrator chooses the time, every id is tried.</value>
    public TimeSpan? ServerRetention { get; set; }

    /// <summary>The clock.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal HistoryTrackingOptions Checked()
    {
        Check(TimeProvider is not null, nameof(TimeProvider), "must be a clock");
        Check(ServerRetention is null || ServerRetention > TimeSpan.Zero, nameof(ServerRetention), "must be longer than zero");
        Check(HistoryKey is null or { Length: >= 16 }, nameof(HistoryKey), "must have at least 16 bytes, or be null");
        Check(RememberedAnswers >= 0, nameof(RememberedAnswers), "must not be negative");
        return (HistoryTrackingOptions)MemberwiseClone();

        static void Check(bool isRight, string setting, string rule)
        {
            if (!isRight)
            {
                throw new ArgumentException($"{nameof(HistoryTrackingOptions)}.{setting} {rule}.", setting);
            }
        }
    }
}
