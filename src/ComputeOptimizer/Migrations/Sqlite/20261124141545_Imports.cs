using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Terradev.ComputeOptimizer.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Imports : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "NvLink",
                table: "offers");

            migrationBuilder.AlterColumn<long>(
                name: "AsOf",
                table: "price_snapshots",
                type: "INTEGER",
                nullable: false,
                oldClrType: typeof(DateOnly),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<long>(
                name: "PriceAsOf",
                table: "offers",
                type: "INTEGER",
                nullable: true,
                oldClrType: typeof(DateOnly),
                oldType: "TEXT");

            migrationBuilder.AddColumn<string>(
                name: "Interconnect",
                table: "offers",
                type: "TEXT",
                maxLength: 20,
                nullable: false,
                defaultValue: "");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Interconnect",
                table: "offers");

            migrationBuilder.AlterColumn<DateOnly>(
                name: "AsOf",
                table: "price_snapshots",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(long),
                oldType: "INTEGER");

            migrationBuilder.AlterColumn<DateOnly>(
                name: "PriceAsOf",
                table: "offers",
                type: "TEXT",
                nullable: false,
                defaultValue: new DateOnly(1, 1, 1),
                oldClrType: typeof(long),
                oldType: "INTEGER",
                oldNullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "NvLink",
                table: "offers",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }
    }
}
