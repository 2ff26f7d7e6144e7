using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Shows an answer while it is streamed, and a summary when it is complete.</summary>
internal interface IAnswerView
{
    /// <summary>Shows updates as they arrive. Exceptions of the stream are thrown after the preceding updates are shown.</summary>
    Task ShowAsync(IAsyncEnumerable<ChatResponseUpdate> answer, CancellationToken cancellationToken);

    /// <summary>Shows the complete answer or its summary.</summary>
    void Finish(Answer answer);
}
