using System.Text.Json;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>The endpoints of models (docs/wire.md#models).</summary>
internal sealed class ModelsEndpoint(GrokEmulatorOptions options, ServiceHost service)
{
    public Task ListAsync(HttpContext http) => AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer =>
    {
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        foreach (var model in ModelCatalog.All)
        {
            WriteModel(writer, model.WithLimits(options), service.ListedName(model));
        }

        foreach (var id in service is XaiService ? ModelCatalog.Imagine : [])
        {
            WriteImagineModel(writer, id);
        }

        writer.WriteEndArray();
    }));

    public Task ListLanguageModelsAsync(HttpContext http) =>
        AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer =>
        {
            writer.WriteStartArray("models");
            foreach (var model in ModelCatalog.All)
            {
                WriteLanguageModel(writer, model.WithLimits(options));
            }

            writer.WriteEndArray();
        }));

    public Task GetAsync(HttpContext http, string name)
    {
        var model = service.FindModel(name) ?? throw (service is XaiService ? NotFound(name) : service.UnknownModel(name));
        return AnswerWriter.WriteJsonAsync(http, Json.Write(writer => WriteModel(writer, model.WithLimits(options), service.ListedName(model))));
    }

    public Task GetLanguageModelAsync(HttpContext http, string name)
    {
        var model = ModelCatalog.Find(name) ?? throw NotFound(name);
        return AnswerWriter.WriteJsonAsync(http, Json.Write(writer => WriteLanguageModel(writer, model.WithLimits(options))));
    }

    /// <summary>Writes an empty list, for kinds of models that the emulator does not have.</summary>
    public static Task ListNoneAsync(HttpContext http) => AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer => WriteList(writer, "models", [])));

    private static ApiException NotFound(string name) => ApiException.NotFound($"The model {name} was not found.");

    private static void WriteModel(Utf8JsonWriter writer, ModelInfo model, string name)
    {
        writer.WriteStartObject();
        WriteIdentity(writer, name, model.Created);
        WriteList(writer, "aliases", model.Aliases);
        writer.WriteNumber("context_length", model.ContextLength);
        WriteCapabilities(writer, model);
        WritePrices(writer, model);
        writer.WriteEndObject();
    }

    private static void WriteImagineModel(Utf8JsonWriter writer, string id)
    {
        writer.WriteStartObject();
        WriteIdentity(writer, id, ModelCatalog.ImagineCreated);
        WriteList(writer, "aliases", []);
        writer.WriteEndObject();
    }

    private static void WriteLanguageModel(Utf8JsonWriter writer, ModelInfo model)
    {
        writer.WriteStartObject();
        WriteIdentity(writer, model.Id, model.Created);
        writer.WriteString("fingerprint", model.Fingerprint);
        writer.WriteString("version", "1.0.0");
        WriteList(writer, "input_modalities", ["text", "image"]);
        WriteList(writer, "output_modalities", ["text"]);
        WriteCapabilities(writer, model);
        WritePrices(writer, model);
        writer.WriteNumber("search_price", 0);
        WriteList(writer, "aliases", model.Aliases);
        writer.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter writer, string id, long created)
    {
        writer.WriteString("id", id);
        writer.WriteNumber("created", created);
        writer.WriteString("object", "model");
        writer.WriteString("owned_by", "xai");
    }

    // An absent member means that the efforts are not stated, which is not the same as none.
    private static void WriteCapabilities(Utf8JsonWriter writer, ModelInfo model)
    {
        if (model.Efforts.Length == 0)
        {
            writer.WriteNull("capabilities");
            return;
        }

        writer.WriteStartObject("capabilities");
        WriteList(writer, "reasoning_effort", model.Efforts);
        writer.WriteString("default_reasoning_effort", model.DefaultEffort);
        writer.WriteEndObject();
    }

    private static void WritePrices(Utf8JsonWriter writer, ModelInfo model)
    {
        writer.WriteNumber("prompt_text_token_price", model.InputPrice);
        writer.WriteNumber("cached_prompt_text_token_price", model.CachedPrice);
        writer.WriteNumber("prompt_image_token_price", model.InputPrice);
        writer.WriteNumber("completion_text_token_price", model.OutputPrice);
        writer.WriteNumber("prompt_text_token_price_long_context", model.InputPrice * ModelInfo.LongContextFactor);
        writer.WriteNumber("cached_prompt_text_token_price_long_context", model.CachedPrice * ModelInfo.LongContextFactor);
        writer.WriteNumber("completion_text_token_price_long_context", model.OutputPrice * ModelInfo.LongContextFactor);
        writer.WriteNumber("long_context_threshold", model.LongContextThreshold);
    }

    private static void WriteList(Utf8JsonWriter writer, string name, string[] values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
