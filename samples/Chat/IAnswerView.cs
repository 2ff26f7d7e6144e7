using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Shows an answer while it comes, and what there is to say of the turn when it is complete.</summary>
internal interface IAnswerView
{
    /// <summary>Shows the updates as they come; throws what the stream throws, after what came before is shown.</summary>
    Task ShowAsync(IAsyncEnumerable<ChatResponseUpdate> answer, CancellationToken cancellationToken);

    void Finish(Answer answer);
}
