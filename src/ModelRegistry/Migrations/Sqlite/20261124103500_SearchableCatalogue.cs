using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Terradev.ModelRegistry.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SearchableCatalogue : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // A copy of what the hubs and the snapshot say: it is made anew.
            migrationBuilder.DropTable(name: "models");

            migrationBuilder.CreateTable(
                name: "catalog_syncs",
                columns: table => new
                {
                    Source = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Status = table.Column<string>(type: "TEXT", nullable: false),
                    Cursor = table.Column<string>(type: "TEXT", nullable: true),
                    Since = table.Column<long>(type: "INTEGER", nullable: true),
                    NextSince = table.Column<long>(type: "INTEGER", nullable: true),
                    Mark = table.Column<string>(type: "TEXT", nullable: true),
                    Pages = table.Column<long>(type: "INTEGER", nullable: false),
                    Seen = table.Column<long>(type: "INTEGER", nullable: false),
                    Added = table.Column<long>(type: "INTEGER", nullable: false),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false),
                    Skipped = table.Column<long>(type: "INTEGER", nullable: false),
                    SkippedReasons = table.Column<string>(type: "TEXT", nullable: false),
                    Failures = table.Column<int>(type: "INTEGER", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: true),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    FinishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastCompleteAt = table.Column<long>(type: "INTEGER", nullable: true),
                    WaitUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    LeaseOwner = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    LeaseUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_catalog_syncs", x => x.Source);
                });

            migrationBuilder.CreateTable(
                name: "models",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Source = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: true),
                    Revision = table.Column<string>(type: "TEXT", nullable: true),
                    Task = table.Column<string>(type: "TEXT", nullable: true),
                    Library = table.Column<string>(type: "TEXT", nullable: true),
                    License = table.Column<string>(type: "TEXT", nullable: true),
                    Gated = table.Column<bool>(type: "INTEGER", nullable: false),
                    Parameters = table.Column<long>(type: "INTEGER", nullable: false),
                    SizeBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Downloads = table.Column<long>(type: "INTEGER", nullable: false),
                    Likes = table.Column<long>(type: "INTEGER", nullable: false),
                    Stars = table.Column<long>(type: "INTEGER", nullable: false),
                    Trending = table.Column<long>(type: "INTEGER", nullable: false),
                    Popularity = table.Column<long>(type: "INTEGER", nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    LastModified = table.Column<long>(type: "INTEGER", nullable: true),
                    Tags = table.Column<string>(type: "TEXT", nullable: false),
                    Words = table.Column<string>(type: "TEXT", nullable: false),
                    InferenceBytes32 = table.Column<long>(type: "INTEGER", nullable: true),
                    InferenceBytes16 = table.Column<long>(type: "INTEGER", nullable: true),
                    InferenceBytes8 = table.Column<long>(type: "INTEGER", nullable: true),
                    InferenceBytes4 = table.Column<long>(type: "INTEGER", nullable: true),
                    FullBytes32 = table.Column<long>(type: "INTEGER", nullable: true),
                    FullBytes16 = table.Column<long>(type: "INTEGER", nullable: true),
                    LoraBytes16 = table.Column<long>(type: "INTEGER", nullable: true),
                    LoraBytes8 = table.Column<long>(type: "INTEGER", nullable: true),
                    QloraBytes4 = table.Column<long>(type: "INTEGER", nullable: true),
                    Document = table.Column<string>(type: "TEXT", nullable: false),
                    Listed = table.Column<bool>(type: "INTEGER", nullable: false),
                    Origin = table.Column<string>(type: "TEXT", nullable: false),
                    AsOf = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_models", x => x.Number);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    MessageId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Type = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false),
                    OccurredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    TraceParent = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Position = table.Column<long>(type: "INTEGER", nullable: true),
                    PublishedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_models_Created_Number",
                table: "models",
                columns: new[] { "Created", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Downloads_Number",
                table: "models",
                columns: new[] { "Downloads", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Key_Source",
                table: "models",
                columns: new[] { "Key", "Source" });

            migrationBuilder.CreateIndex(
                name: "IX_models_Likes_Number",
                table: "models",
                columns: new[] { "Likes", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Parameters_Number",
                table: "models",
                columns: new[] { "Parameters", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Popularity_Number",
                table: "models",
                columns: new[] { "Popularity", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_SizeBytes_Number",
                table: "models",
                columns: new[] { "SizeBytes", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Source_Key",
                table: "models",
                columns: new[] { "Source", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_models_Trending_Number",
                table: "models",
                columns: new[] { "Trending", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_MessageId",
                table: "outbox",
                column: "MessageId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_Position",
                table: "outbox",
                column: "Position",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_PublishedAt",
                table: "outbox",
                column: "PublishedAt");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_Subject_Sequence",
                table: "outbox",
                columns: new[] { "Subject", "Sequence" },
                unique: true);

            // External content: the words stay in the table alone, and triggers keep the indexes beside it.
            migrationBuilder.Sql(
                """
                CREATE VIRTUAL TABLE models_words USING fts5("Words", content='models', content_rowid='Number', tokenize="unicode61 remove_diacritics 0 tokenchars '=-._:/+'");
                CREATE VIRTUAL TABLE models_names USING fts5("Key", content='models', content_rowid='Number', tokenize='trigram');
                CREATE TRIGGER models_after_insert AFTER INSERT ON models BEGIN
                    INSERT INTO models_words(rowid, "Words") VALUES (new."Number", new."Words");
                    INSERT INTO models_names(rowid, "Key") VALUES (new."Number", new."Key");
                END;
                CREATE TRIGGER models_after_update AFTER UPDATE OF "Words" ON models WHEN old."Words" <> new."Words" BEGIN
                    INSERT INTO models_words(models_words, rowid, "Words") VALUES ('delete', old."Number", old."Words");
                    INSERT INTO models_words(rowid, "Words") VALUES (new."Number", new."Words");
                END;
                CREATE TRIGGER models_after_delete AFTER DELETE ON models BEGIN
                    INSERT INTO models_words(models_words, rowid, "Words") VALUES ('delete', old."Number", old."Words");
                    INSERT INTO models_names(models_names, rowid, "Key") VALUES ('delete', old."Number", old."Key");
                END;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "catalog_syncs");

            migrationBuilder.DropTable(
                name: "models");

            migrationBuilder.DropTable(
                name: "outbox");
        }
    }
}
