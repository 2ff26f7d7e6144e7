using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Tests.Conversations;

/// <summary>What every store refuses, and in which words. That each of them asks is part of the stores' contract.</summary>
public class StoreGuardsTests
{
    // Not a theory: a test's arguments go through UTF-8, which has no half surrogate pairs.
    [Fact]
    public void Id_that_databases_cannot_store_throws_with_the_reason()
    {
        foreach (var (bad, reason) in ((string, string)[])
        [
            ("a\0b", "Ids must not contain the character NUL (U+0000): databases cannot store it."),
            ("a\uD83E", "Ids must be valid Unicode: half a surrogate pair stands at index 1."),
            ("\uDD86b", "Ids must be valid Unicode: half a surrogate pair stands at index 0."),
            ("\U0001F986\uD83Eab", "Ids must be valid Unicode: half a surrogate pair stands at index 2."),
            ("\U0001F986\U0001F986\uDD86", "Ids must be valid Unicode: half a surrogate pair stands at index 4."),
        ])
        {
            Refused(() => StoreGuards.Check(bad), nameof(bad), reason);
            Refused(() => StoreGuards.CheckOptional(bad), nameof(bad), reason);
            Refused(() => StoreGuards.Check(bad, "other"), "other", reason);
        }
    }

    [Fact]
    public void Empty_ids_complete_surrogate_pairs_and_null_optional_ids_are_valid()
    {
        StoreGuards.Check("");
        StoreGuards.Check("\U0001F986a\U0001F986");
        StoreGuards.CheckOptional(null);
    }

    [Fact]
    public void Null_throws_ArgumentNullException_with_the_argument_name()
    {
        string text = null!;
        ConversationTurn turn = null!;
        Assert.Equal(nameof(text), Assert.Throws<ArgumentNullException>(() => StoreGuards.Check(text)).ParamName);
        Assert.Equal(nameof(turn), Assert.Throws<ArgumentNullException>(() => StoreGuards.Check(turn)).ParamName);
        var id = new ConversationId(null!, "name");
        Assert.Equal(nameof(id), Assert.Throws<ArgumentNullException>(() => StoreGuards.Check(id)).ParamName);
        id = new ConversationId("", null!);
        Assert.Equal(nameof(id), Assert.Throws<ArgumentNullException>(() => StoreGuards.Check(id)).ParamName);
        var (nameless, listless) = (SomeTurns.Turn(null!), SomeTurns.Turn("t") with { StoredResponseIds = null! });
        Assert.Equal(nameof(nameless), Assert.Throws<ArgumentNullException>(() => StoreGuards.Check(nameless)).ParamName);
        Assert.Equal(nameof(listless), Assert.Throws<ArgumentNullException>(() => StoreGuards.Check(listless)).ParamName);
    }

    [Fact]
    public void Turn_that_is_its_own_parent_throws()
    {
        var turn = SomeTurns.Turn("t", "t");
        Refused(() => StoreGuards.Check(turn), nameof(turn), "A turn cannot be its own parent.");
    }

    private static void Refused(Action check, string parameter, string reason)
    {
        var e = Assert.Throws<ArgumentException>(check);
        Assert.Equal(($"{reason} (Parameter '{parameter}')", parameter), (e.Message, e.ParamName));
    }
}
