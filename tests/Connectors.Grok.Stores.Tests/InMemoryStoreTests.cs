using Connectors.Grok.Conversations;

namespace Connectors.Grok.Stores.Tests;

public class InMemoryStoreTests : StoreContract
{
    protected override ValueTask<IConversationStore> Create(TimeProvider? time = null) => new(new InMemoryConversationStore(time));
}
