using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>Items by letters: those in capitals are messages, the others searches; a point is one without an id, a dash none.</summary>
public class OutputIndexMapTests
{
    [Theory]
    [InlineData("A-A", "AAA", new[] { 0, 1, 2 })]
    [InlineData("A-A.", "AAA.", new[] { 0, 1, 2, 3 })]
    [InlineData("AA", "bAA", new[] { 3, 0, 1 })]
    [InlineData("AB", "xyAc", new[] { 4, 5, 0, 3 })]
    public void Each_item_has_a_place_of_its_own(string streamed, string output, int[] places)
    {
        var items = streamed.Index().Where(static s => s.Item != '-').ToDictionary(static s => s.Index, static s => new StreamedItem { ItemId = Item(s.Item).Id, Type = Item(s.Item).Type });
        Assert.Equal(places, OutputIndexMap.Create([.. output.Select(Item)], items));
    }

    private static ResponseItem Item(char name) => char.IsUpper(name) ? new MessageItem { Id = name.ToString() } : new WebSearchCallItem { Id = name == '.' ? null : name.ToString() };
}
